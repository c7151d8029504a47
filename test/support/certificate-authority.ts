import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { writeStrictPem } from '../../src/certificates/domain/strict-pem.js';

const DAY_MS = 86_400_000;

export interface Issued {
  readonly subject: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly der: Buffer;
  readonly pem: string;
  /** PKCS#8. */
  readonly keyPem: string;
  readonly key: KeyObject;
}

export interface Wish {
  readonly ca?: boolean;
  readonly names?: readonly string[];
  readonly from?: Date;
  readonly until?: Date;
  /** Left out: P-256. */
  readonly rsaBits?: number;
  readonly curve?: string;
  /** Of the issuer's signature. */
  readonly hash?: string;
  /** Instead of a new one. */
  readonly keys?: webcrypto.CryptoKeyPair;
  readonly publicKey?: webcrypto.CryptoKey;
}

/** A certificate as a CA would issue it; without an issuer it signs itself. */
export async function issue(subject: string, issuer: Issued | undefined, wish: Wish = {}): Promise<Issued> {
  const keys = wish.keys ?? (await makeKeys(wish));
  const signer = (issuer?.keys ?? keys).privateKey;
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${subject}`,
    issuer: `CN=${issuer?.subject ?? subject}`,
    notBefore: wish.from ?? new Date(Date.now() - DAY_MS),
    notAfter: wish.until ?? new Date(Date.now() + 89 * DAY_MS),
    publicKey: wish.publicKey ?? keys.publicKey,
    signingKey: signer,
    signingAlgorithm: { ...signer.algorithm, hash: wish.hash ?? 'SHA-256' },
    extensions: [
      new x509.BasicConstraintsExtension(wish.ca ?? false, undefined, true),
      new x509.SubjectAlternativeNameExtension((wish.names ?? []).map((value) => ({ type: 'dns', value }))),
    ],
  });
  const key = KeyObject.from(keys.privateKey);
  const der = Buffer.from(certificate.rawData);
  return {
    subject,
    keys,
    der,
    pem: writeStrictPem({ label: 'CERTIFICATE', der }),
    keyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    key,
  };
}

export function makeKeys({ rsaBits, curve = 'P-256', hash = 'SHA-256' }: Wish = {}): Promise<webcrypto.CryptoKeyPair> {
  const algorithm =
    rsaBits === undefined
      ? { name: 'ECDSA', namedCurve: curve }
      : { name: 'RSASSA-PKCS1-v1_5', hash, modulusLength: rsaBits, publicExponent: new Uint8Array([1, 0, 1]) };
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}
