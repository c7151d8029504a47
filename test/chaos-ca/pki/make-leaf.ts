import 'reflect-metadata';
import type { KeyObject } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { Identifier } from '../identifier.js';
import type { Authority } from './hierarchy.js';
import { SIGNING } from './key-pair.js';

const DOMAIN_VALIDATED = '2.23.140.1.2.1';

// What is the same in all of them is encoded once.
const SAME_FOR_ALL = [
  new x509.ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.1']),
  new x509.BasicConstraintsExtension(false, undefined, true),
  new x509.CertificatePolicyExtension([DOMAIN_VALIDATED]),
];
const SIGNS = new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true);
const SIGNS_AND_ENCIPHERS = new x509.KeyUsagesExtension(
  x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment,
  true,
);

export interface LeafPlan {
  readonly serial: string;
  readonly identifiers: readonly Identifier[];
  readonly publicKey: KeyObject;
  readonly notBefore: number;
  readonly notAfter: number;
  /** Common name, key encipherment for RSA, subject key identifier: `classic` has them, the younger profiles do not. */
  readonly isClassic: boolean;
}

/** An end-entity certificate as the Baseline Requirements want it: never a CA, server authentication only. */
export async function makeLeaf(issuer: Authority, plan: LeafPlan): Promise<x509.X509Certificate> {
  const spki = plan.publicKey.export({ type: 'spki', format: 'der' });
  const publicKey = new x509.PublicKey(spki);
  const commonName = plan.identifiers.find(({ type, value }) => type === 'dns' && value.length <= 64)?.value;
  const isRsa = plan.publicKey.asymmetricKeyType === 'rsa';
  const hasSubject = plan.isClassic && commonName !== undefined;
  return x509.X509CertificateGenerator.create({
    serialNumber: plan.serial,
    subject: hasSubject ? `CN=${commonName}` : '',
    issuer: issuer.certificate.subject,
    notBefore: new Date(plan.notBefore),
    notAfter: new Date(plan.notAfter),
    signingAlgorithm: SIGNING,
    publicKey,
    signingKey: issuer.keys.privateKey,
    extensions: [
      plan.isClassic && isRsa ? SIGNS_AND_ENCIPHERS : SIGNS,
      ...SAME_FOR_ALL,
      ...(plan.isClassic ? [await x509.SubjectKeyIdentifierExtension.create(publicKey)] : []),
      issuer.identifiesIssued,
      // RFC 5280 §4.2.1.6: critical where there is no subject.
      new x509.SubjectAlternativeNameExtension([...plan.identifiers], !hasSubject),
    ],
  });
}
