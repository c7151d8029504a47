import { describe, expect, it } from 'vitest';
import type { GraphqlContext, Transport } from '../graphql-context.js';
import { SubscriptionSlots } from './subscription-slots.js';

function from(tokenId: string | null, transport: Transport = 'SSE'): Pick<GraphqlContext, 'actor' | 'request'> {
  return {
    actor: tokenId === null ? null : { tokenId, role: 'OPERATOR', clientId: null, label: 'ops' },
    request: {
      transport,
      remoteAddress: '192.0.2.1',
      userAgent: undefined,
      correlationId: 'c',
      signal: new AbortController().signal,
    },
  };
}

describe('SubscriptionSlots', () => {
  it('gives out as many as allowed for each token, and takes each back once', () => {
    const slots = new SubscriptionSlots(1);
    const release = slots.take(from('a'));
    expect([slots.take(from('a')), typeof slots.take(from('b'))]).toEqual([undefined, 'function']);
    release?.();
    release?.();
    expect([typeof slots.take(from('a')), slots.take(from('a'))]).toEqual(['function', undefined]);
  });

  it('counts a token over all transports, and an address where there is no token', () => {
    const slots = new SubscriptionSlots(1);
    const taken = [from('a', 'WEBSOCKET'), from('a', 'SSE'), from(null), from(null)].map((who) => slots.take(who));
    expect(taken.map((release) => release !== undefined)).toEqual([true, false, true, false]);
  });
});
