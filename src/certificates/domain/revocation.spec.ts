import { describe, expect, it } from 'vitest';
import { aCertificate } from './events/a-certificate.fixture.js';
import { revocationOf } from './revocation.js';

const pem = (body: string): string => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
const inForce = '1'.repeat(64);
const certificate = aCertificate({
  providerId: 'provider',
  fingerprint: inForce,
  chainPem: pem('LEAF') + pem('ISSUER'),
  acmeDirectoryUrl: 'https://ca.example/directory',
});
const wanted = { reason: 'SUPERSEDED', by: 'ACCOUNT' } as const;

describe('revocationOf', () => {
  it('holds the certificate that is in force when it is asked, with nobody named or it itself', () => {
    const expected = {
      ...wanted,
      fingerprint: inForce,
      certificatePem: pem('LEAF'),
      acmeDirectoryUrl: 'https://ca.example/directory',
    };
    expect(revocationOf(certificate, wanted)).toEqual(expected);
    expect(revocationOf(certificate, { ...wanted, fingerprint: null })).toEqual(expected);
    expect(revocationOf(certificate, { ...wanted, fingerprint: inForce })).toEqual(expected);
  });

  it('names a predecessor, as it is pasted, and leaves it to the server to find it', () => {
    const pasted = ` ${Array.from({ length: 32 }, () => 'AB').join(':')}\n`;
    expect(revocationOf(certificate, { ...wanted, fingerprint: pasted })).toMatchObject({
      fingerprint: 'ab'.repeat(32),
      certificatePem: null,
    });
  });

  it.each(['', 'ab', 'g'.repeat(64), 'a'.repeat(40), '../../etc/passwd'])(
    'refuses the fingerprint "%s"',
    (fingerprint) => {
      expect(() => revocationOf(certificate, { ...wanted, fingerprint })).toThrow(
        expect.objectContaining({ code: 'CERTIFICATE_FINGERPRINT_UNKNOWN' }),
      );
    },
  );

  it('refuses what no CA can be asked about', () => {
    for (const change of [{ providerId: null }, { chainPem: null }, { fingerprint: null }]) {
      expect(() => revocationOf({ ...certificate, ...change }, wanted)).toThrow(
        expect.objectContaining({ code: 'CERTIFICATE_NOT_REVOCABLE' }),
      );
    }
  });
});
