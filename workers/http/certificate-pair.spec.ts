import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { webcrypto, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { judgePair, spkiOf } from './certificate-pair.js';

interface Pair {
  readonly chain: string;
  readonly key: string;
  readonly spki: string;
}

let pair: Pair;
let other: Pair;
beforeAll(async () => {
  [pair, other] = await Promise.all([aPair('example.org', '*.example.net'), aPair('other.org')]);
});

describe('a certificate and its key', () => {
  it('pass with the fingerprint that a handshake will show, although it has expired', () => {
    const { fingerprint256 } = new X509Certificate(pair.chain);
    const names = ['example.org', '*.example.net', 'a.example.net'];
    expect(judgePair(pair.chain, pair.key, pair.spki, names)).toEqual({
      fingerprint: fingerprint256,
      doubt: expect.stringContaining('expired'),
    });
  });

  it.each<readonly [string, () => readonly [string, string, string, readonly string[]]]>([
    ['the certificate cannot be read', () => ['', pair.key, pair.spki, []]],
    ['the certificate cannot be read', () => [pair.chain.slice(0, 200), pair.key, pair.spki, []]],
    ['the private key cannot be read, or is encrypted', () => [pair.chain, '', pair.spki, []]],
    [
      'the private key does not belong to the first certificate of the chain',
      () => [pair.chain, other.key, pair.spki, []],
    ],
    [
      'the private key does not belong to the first certificate of the chain',
      () => [other.chain + pair.chain, pair.key, pair.spki, []],
    ],
    ['the certificate has another public key than its directory says', () => [pair.chain, pair.key, other.spki, []]],
    ['the certificate does not cover other.org', () => [pair.chain, pair.key, pair.spki, ['example.org', 'other.org']]],
    ['the certificate does not cover *.example.org', () => [pair.chain, pair.key, pair.spki, ['*.example.org']]],
  ])('are refused: %s', (problem, args) => {
    expect(judgePair(...args())).toEqual({ problem });
  });
});

async function aPair(...names: readonly string[]): Promise<Pair> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=test',
      keys,
      signingAlgorithm: algorithm,
      notBefore: new Date('2020-01-01'),
      notAfter: new Date('2021-01-01'),
      extensions: [new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value })))],
    },
    webcrypto,
  );
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const chain = `${certificate.toString('pem')}\n`;
  const key = `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`;
  return { chain, key, spki: spkiOf(new X509Certificate(chain)) };
}
