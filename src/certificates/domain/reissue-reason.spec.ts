import { describe, expect, it } from 'vitest';
import { reissueReason, type HeldCertificate } from './reissue-reason.js';

const DAY_MS = 86_400_000;
const NOW = new Date('2026-06-01T00:00:00Z');
const wanted = { names: ['a.example', 'b.example'], keyType: 'EC_P256' } as const;
const held: HeldCertificate = {
  names: ['a.example', 'b.example'],
  keyType: 'EC_P256',
  notBefore: new Date(NOW.getTime() - 60 * DAY_MS + 1),
  notAfter: new Date(NOW.getTime() + 30 * DAY_MS + 1),
};

describe('reissueReason', () => {
  it('is none for the same names in any order, the same key type and more than a third of life left', () => {
    expect(reissueReason(held, wanted, NOW)).toBeUndefined();
    expect(reissueReason(held, { ...wanted, names: ['b.example', 'a.example', 'b.example'] }, NOW)).toBeUndefined();
  });

  it.each<[string, Partial<HeldCertificate>]>([
    ['NAMES_DIFFER', { names: ['a.example'] }],
    ['NAMES_DIFFER', { names: ['a.example', 'b.example', 'c.example'] }],
    ['NAMES_DIFFER', { names: ['a.example', '*.example'] }],
    ['KEY_TYPE_DIFFERS', { keyType: 'RSA_2048' }],
    ['KEY_TYPE_DIFFERS', { keyType: undefined }],
    ['NOT_YET_VALID', { notBefore: new Date(NOW.getTime() + DAY_MS), notAfter: new Date(NOW.getTime() + 2 * DAY_MS) }],
    [
      'TIME_IS_UP',
      { notBefore: new Date(NOW.getTime() - 60 * DAY_MS), notAfter: new Date(NOW.getTime() + 30 * DAY_MS) },
    ],
    ['TIME_IS_UP', { notAfter: NOW }],
  ])('is %s for %o', (reason, changes) => {
    expect(reissueReason({ ...held, ...changes }, wanted, NOW)?.reason).toBe(reason);
  });

  it('is REPLACED for the certificate that is to be replaced, and none for the one that took its place', () => {
    const replaces = 'a'.repeat(64);
    expect(reissueReason({ ...held, fingerprint: replaces }, { ...wanted, replaces }, NOW)?.reason).toBe('REPLACED');
    expect(reissueReason({ ...held, fingerprint: 'b'.repeat(64) }, { ...wanted, replaces }, NOW)).toBeUndefined();
    expect(reissueReason({ ...held, fingerprint: replaces }, wanted, NOW)).toBeUndefined();
  });
});
