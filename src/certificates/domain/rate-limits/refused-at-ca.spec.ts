import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../operations/index.js';
import { refusedAtCa } from './refused-at-ca.js';

const problem = (value: string, more: object = {}): object => ({ identifier: { type: 'dns', value }, ...more });
const warning = (name: string, more: object = {}): object => ({
  code: 'CERTIFICATE_NAME_LEFT_OUT',
  details: { name, ...more },
});
const ended = (warnings: readonly object[], problems?: readonly object[]): Operation =>
  ({ warnings, failure: problems === undefined ? null : { details: { problems } } }) as unknown as Operation;

describe('names that were refused at the CA', () => {
  it('are those whose authorization has failed there, each once', () => {
    const warnings = [warning('a.test', { cause: 'CONNECTION_REFUSED' }), { code: 'CA_LIMIT_REACHED', details: {} }];
    expect(refusedAtCa(ended(warnings, [problem('a.test'), problem('b.test', { cause: 'TXT_WRONG' })]))).toEqual([
      'a.test',
      'b.test',
    ]);
  });

  it.each([{ foreseen: true }, { cause: 'NO_CHALLENGE' }, { cause: 'CHALLENGE_NOT_PRESENTED' }])(
    'are not those that it was never asked to look at: %j',
    (more) => {
      expect(refusedAtCa(ended([warning('a.test', more)], [problem('b.test', more)]))).toEqual([]);
    },
  );

  it('are none where nothing is said of names', () => {
    expect(refusedAtCa(ended([], [{ identifier: null }, { identifier: { value: 4 } }]))).toEqual([]);
    expect(refusedAtCa(ended([]))).toEqual([]);
  });
});
