import type { FieldUpdate } from '../../../operations/index.js';
import type { PlainValue } from '../../../shared/plain.js';
import type { Certificate } from '../certificate.js';

/** What holds again when a renewal fails: the certificate that is in force still. */
export function certificateAsItWas(certificate: Certificate): FieldUpdate {
  const { id, status, spki, names, serial, issuer, notBefore, notAfter, fingerprint, chainPem } = certificate;
  const facts: Readonly<Record<string, PlainValue | null>> = {
    spki,
    names,
    serial,
    issuer,
    fingerprint,
    chainPem,
    notBefore: notBefore?.toISOString() ?? null,
    notAfter: notAfter?.toISOString() ?? null,
  };
  const known = Object.entries(facts).filter((entry): entry is [string, PlainValue] => entry[1] !== null);
  return { subject: 'certificate', id, fields: { status, ...Object.fromEntries(known) } };
}
