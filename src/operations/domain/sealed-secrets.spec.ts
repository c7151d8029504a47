import { describe, expect, it } from 'vitest';
import { ending } from './advance.js';
import type { EndState } from './operation-state.js';
import type { Operation } from './operation.js';
import { isWiped, wiped } from './sealed-secrets.js';

const NOW = new Date('2026-11-22T09:00:00Z');
const operation = (sealed: Operation['sealed']): Operation => ({ id: 'one', state: 'RUNNING', sealed }) as Operation;

describe('sealed secrets', () => {
  it.each<EndState>(['SUCCEEDED', 'SUCCEEDED_WITH_WARNINGS', 'FAILED', 'CANCELLED', 'TIMED_OUT'])(
    'are wiped when their operation ends %s, and nothing is written where there were none',
    (state) => {
      const { change } = ending(operation({ privateKey: 'a.b.c.d.e' }), state, null, [], NOW);
      expect(change.sealed).toEqual({ privateKey: null });
      expect(ending(operation(null), state, null, [], NOW).change).not.toHaveProperty('sealed');
    },
  );

  it('are known to have been there', () => {
    expect([isWiped(null), isWiped({ key: 'jwe' }), isWiped(wiped({ key: 'jwe' }))]).toEqual([false, false, true]);
  });
});
