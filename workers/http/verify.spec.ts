import { describe, expect, it } from 'vitest';
import type { Answer } from './ask.js';
import type { Expectation } from './render-changes.js';
import { judge } from './verify.js';

const expected: Expectation = { scheme: 'https', name: 'a.org', digest: 'd1', wanted: true, certificate: 'spki' };
const right: Answer = { status: 200, body: 'd1', digest: null, fingerprint: 'AA', spki: 'spki', error: null };
const fingerprints = new Map([['spki', 'AA']]);

describe('judging an answer', () => {
  it.each<readonly [string | null, Partial<Answer>]>([
    [null, {}],
    ['no answer (ECONNREFUSED)', { status: null, error: 'ECONNREFUSED' }],
    ['another configuration answers for this name', { body: 'd0' }],
    ['another configuration answers for this name', { status: 404 }],
    ['another certificate is shown than the one on disk', { fingerprint: 'BB' }],
  ])('finds: %s', (problem, changes) => {
    expect(judge(expected, { ...right, ...changes }, fingerprints)).toBe(problem);
  });

  it('wants a removed site gone, and nothing else', () => {
    const gone = { ...expected, scheme: 'http', wanted: false, certificate: null } as const;
    expect(judge(gone, right, fingerprints)).toBe('the previous configuration is still in force');
    expect(judge(gone, { ...right, body: 'another' }, fingerprints)).toBeNull();
    expect(judge(gone, { ...right, status: null, error: 'ECONNREFUSED' }, fingerprints)).toBeNull();
  });
});
