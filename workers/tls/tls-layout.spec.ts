import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/shared/secret.js';
import { generationNumber, generationsToRemove, renderPemFiles } from './tls-layout.js';

describe('tls layout', () => {
  it('writes each file in the order that its readers want: pound takes certificate, chain, key', () => {
    const pair = { privateKey: new Secret('KEY\n'), certificatePem: 'LEAF', chainPem: 'CHAIN1\nCHAIN2\n' };
    expect(renderPemFiles(pair)).toEqual({
      'privkey.pem': 'KEY\n',
      'cert.pem': 'LEAF\n',
      'chain.pem': 'CHAIN1\nCHAIN2\n',
      'fullchain.pem': 'LEAF\nCHAIN1\nCHAIN2\n',
      'combined.pem': 'LEAF\nCHAIN1\nCHAIN2\nKEY\n',
    });
    expect(renderPemFiles({ ...pair, chainPem: '' })['combined.pem']).toBe('LEAF\nKEY\n');
  });

  it.each([
    ['gen-1', 1],
    ['gen-12', 12],
    ['gen-0', undefined],
    ['gen-01', undefined],
    ['gen-', undefined],
    ['live', undefined],
    ['../gen-1', undefined],
    ['gen-1/..', undefined],
  ])('reads the number of %s', (name, expected) => {
    expect(generationNumber(name)).toBe(expected);
  });

  it('keeps the newest three, and the one in force however old', () => {
    expect(generationsToRemove([1, 2, 10], 10)).toEqual([]);
    expect(generationsToRemove([1, 10, 2, 9, 3], 10)).toEqual([2, 1]);
    expect(generationsToRemove([1, 10, 2, 9, 3], 1)).toEqual([2]);
    expect(generationsToRemove([1, 10, 2, 9, 3], 10, 2)).toEqual([1]);
  });
});
