import { describe, expect, it } from 'vitest';
import { SubscriptionSlots } from './subscription-slots.js';

describe('SubscriptionSlots', () => {
  it('gives out as many as allowed for each key, and takes each back once', () => {
    const slots = new SubscriptionSlots(1);
    const release = slots.take('a');
    expect([slots.take('a'), typeof slots.take('b')]).toEqual([undefined, 'function']);
    release?.();
    release?.();
    expect([typeof slots.take('a'), slots.take('a')]).toEqual(['function', undefined]);
  });
});
