import 'reflect-metadata';
import type { KeyObject } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { Identifier } from '../identifier.js';
import type { Authority } from './hierarchy.js';
import { SIGNING } from './key-pair.js';

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const DOMAIN_VALIDATED = '2.23.140.1.2.1';

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
  let usage = x509.KeyUsageFlags.digitalSignature;
  if (plan.isClassic && isRsa) {
    usage |= x509.KeyUsageFlags.keyEncipherment;
  }
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
      new x509.KeyUsagesExtension(usage, true),
      new x509.ExtendedKeyUsageExtension([SERVER_AUTH]),
      new x509.BasicConstraintsExtension(false, undefined, true),
      ...(plan.isClassic ? [await x509.SubjectKeyIdentifierExtension.create(publicKey)] : []),
      new x509.AuthorityKeyIdentifierExtension(issuer.keyId),
      // RFC 5280 §4.2.1.6: critical where there is no subject.
      new x509.SubjectAlternativeNameExtension([...plan.identifiers], !hasSubject),
      new x509.CertificatePolicyExtension([DOMAIN_VALIDATED]),
    ],
  });
}
