import type { X509Certificate } from 'node:crypto';
import { certificateFacts } from '../certificate-facts.js';
import { validityAt } from '../validity.js';

/** Of several certificates the one that is valid now and lasts longest; failing that, the one that lasted longest. */
export function longestLasting(candidates: readonly X509Certificate[], now: Date): X509Certificate | undefined {
  const ranked = candidates.map((certificate) => {
    const facts = certificateFacts(certificate);
    return { certificate, valid: validityAt(facts, now) === 'VALID', until: facts.notAfter.getTime() };
  });
  return ranked.toSorted((a, b) => Number(b.valid) - Number(a.valid) || b.until - a.until)[0]?.certificate;
}
