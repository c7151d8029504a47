import { X509Certificate } from 'node:crypto';
import type { FieldUpdate } from '../../operations/index.js';
import type { PlainObject } from '../../shared/plain.js';
import { certificateFacts } from './certificate-facts.js';
import type { Certificate } from './certificate.js';

/** The certificate as it will be once this one is in force for it. */
export function inForceWith(certificate: Certificate, certificatePem: string): Certificate {
  const { keyType, ...facts } = certificateFacts(new X509Certificate(certificatePem));
  return { ...certificate, ...facts, keyType: keyType ?? certificate.keyType, status: 'ACTIVE' };
}

/** What a failed operation leaves of it: what was in force is so again; one that never was has failed, unless its request waits. */
export function asItWas(certificate: Certificate): FieldUpdate {
  const { id, status, spki, names, serial, issuer, notBefore, notAfter, fingerprint, chainPem, csrPem } = certificate;
  if (spki === null || notBefore === null || notAfter === null || status === 'PENDING' || status === 'FAILED') {
    return { subject: 'certificate', id, fields: { status: csrPem === null ? 'FAILED' : 'PENDING' } };
  }
  const dates = { notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString() };
  const known = { status, spki, names, serial, issuer, ...dates, fingerprint, chainPem };
  const fields = certificate.provider === 'ACME' ? { ...known, ...orderOf(certificate) } : known;
  return { subject: 'certificate', id, fields };
}

/** What its CA knows of it. */
function orderOf({ refusedNames, ariId, acmeDirectoryUrl, acmeAccountUrl, acmeProfile }: Certificate): PlainObject {
  const refused = refusedNames as unknown as readonly PlainObject[];
  return { refusedNames: refused, ariId, acmeDirectoryUrl, acmeAccountUrl, acmeProfile };
}
