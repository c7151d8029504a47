import type { Certificate } from './certificate.js';

type Wish = Pick<Certificate, 'id' | 'clientId' | 'serverId' | 'provider' | 'keyType' | 'names'> &
  Partial<Pick<Certificate, 'spki'>>;

/** A certificate that is asked for: nothing to serve yet. */
export function newCertificate(wish: Wish, now: Date): Certificate {
  return {
    status: 'PENDING',
    spki: null,
    serial: null,
    issuer: null,
    notBefore: null,
    notAfter: null,
    fingerprint: null,
    chainPem: null,
    csrPem: null,
    createdAt: now,
    updatedAt: now,
    ...wish,
  };
}
