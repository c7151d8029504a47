import 'reflect-metadata';
import type { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { Random } from '../random.js';
import { makeKeyPair, SIGNING } from './key-pair.js';

const YEAR_MS = 365 * 86_400_000;

/** A CA certificate with its key. */
export interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly pem: string;
  /** Subject key identifier in lower-case hex. */
  readonly keyId: string;
  /** The extension by which what it signs names its key. */
  readonly identifiesIssued: x509.AuthorityKeyIdentifierExtension;
}

/**
 * As generation Y of Let's Encrypt: a root of old, a new root that the old one has signed too, and below it two intermediates, of
 * which one is picked for each certificate. The default chain ends at the old root; the alternate is shorter and ends at the new one.
 */
export interface Hierarchy {
  readonly intermediates: readonly [Authority, Authority];
  readonly crossSigned: Authority;
  /** PEM of the trust anchors: the one of the default chain, then the one of the alternate. */
  readonly roots: readonly [string, string];
}

/** `label` begins all names: "(STAGING) " for the hierarchy that nobody may trust. */
export async function makeHierarchy(random: Random, now: Date, label = ''): Promise<Hierarchy> {
  const name = (value: string): string => `CN=${label}${value}, O=Chaos CA`;
  const era = { notBefore: new Date(now.getTime() - 10 * YEAR_MS), notAfter: new Date(now.getTime() + 20 * YEAR_MS) };
  const make = async (subject: string, issuer?: Authority, keys?: webcrypto.CryptoKeyPair): Promise<Authority> =>
    makeAuthority({ subject, issuer, keys: keys ?? (await makeKeyPair()), serial: random.bytes(16), ...era });
  const old = await make(name('Root X'));
  const young = await make(name('Root Y'));
  const [cross, first, second] = await Promise.all([
    make(name('Root Y'), old, young.keys),
    make(name('YE1'), young),
    make(name('YE2'), young),
  ]);
  return {
    intermediates: [first, second],
    crossSigned: cross,
    roots: [old.pem, young.pem],
  };
}

export function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

interface AuthorityPlan {
  readonly subject: string;
  readonly issuer: Authority | undefined;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly serial: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

async function makeAuthority({ subject, issuer, keys, serial, ...dates }: AuthorityPlan): Promise<Authority> {
  const keyIdentifier = await x509.SubjectKeyIdentifierExtension.create(keys.publicKey);
  const isIntermediate = issuer !== undefined && issuer.certificate.subject !== subject && !subject.includes('Root');
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: `4${serial.toString('hex').slice(1)}`,
    subject,
    issuer: issuer?.certificate.subject ?? subject,
    ...dates,
    signingAlgorithm: SIGNING,
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(true, isIntermediate ? 0 : undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      keyIdentifier,
      ...(issuer === undefined ? [] : [issuer.identifiesIssued]),
    ],
  });
  const { keyId } = keyIdentifier;
  const identifiesIssued = new x509.AuthorityKeyIdentifierExtension(keyId);
  return { certificate, keys, pem: pem(certificate), keyId, identifiesIssued };
}
