import type { Certificate } from './certificate.js';

type Wish = Pick<Certificate, 'id' | 'clientId' | 'serverId' | 'provider' | 'keyType' | 'names'> &
  Partial<Pick<Certificate, 'spki' | 'providerId' | 'profile'>>;

/** A certificate that is asked for: nothing to serve yet. */
export function newCertificate(wish: Wish, now: Date): Certificate {
  return {
    providerId: null,
    profile: null,
    status: 'PENDING',
    spki: null,
    requestedNames: wish.names,
    refusedNames: [],
    serial: null,
    issuer: null,
    notBefore: null,
    notAfter: null,
    fingerprint: null,
    chainPem: null,
    csrPem: null,
    ariId: null,
    acmeDirectoryUrl: null,
    acmeAccountUrl: null,
    acmeProfile: null,
    createdAt: now,
    updatedAt: now,
    ...wish,
  };
}
