import { describe, expect, it } from 'vitest';
import { localProblem, type AcmeProblem } from '../domain/acme/problem.js';
import { MINUTE_MS, after } from '../domain/renewal/life.js';
import { SilentCas } from './silent-cas.js';

const NOW = new Date('2026-01-01T00:00:00.000Z');
const answered = (status: number): AcmeProblem => ({ ...localProblem('local:timeout', 'x'), type: 'x', status });

describe('a CA', () => {
  it.each([
    ['gave no answer', { problem: localProblem('local:timeout', 'x') }, true],
    ['could not be reached', { problem: localProblem('local:connectionRefused', 'x') }, true],
    ['failed in a way that nobody knows', new Error('x'), true],
    ['is down', { problem: answered(503) }, true],
    ['is too busy', { problem: answered(429) }, true],
    ['does not know a certificate', { problem: answered(404) }, false],
    ['answered strangely', { problem: localProblem('local:notAcme', 'x') }, false],
  ])('that %s is left alone for some minutes, if it is not there for anybody', (_, error, isSilent) => {
    const cas = new SilentCas();
    cas.note('https://a.test/', error, NOW);
    expect(cas.has('https://a.test/', NOW)).toBe(isSilent);
    expect(cas.has('https://a.test/', after(NOW, 5 * MINUTE_MS))).toBe(false);
    expect(cas.has('https://b.test/', NOW)).toBe(false);
  });
});
