import type { Certificate } from '../certificate.js';
import { newCertificate } from '../new-certificate.js';

const MADE = new Date('2026-06-01T00:00:00Z');

/** In force for ninety days from 1 June 2026. */
export function aCertificate(change: Partial<Certificate> = {}): Certificate {
  const wish = { clientId: 'client', serverId: 'server', provider: 'ACME', keyType: 'EC_P256' } as const;
  return {
    ...newCertificate({ ...wish, id: 'certificate', names: ['a.test', 'www.a.test'] }, MADE),
    status: 'ACTIVE',
    spki: 'b'.repeat(64),
    fingerprint: '1'.repeat(64),
    notBefore: MADE,
    notAfter: new Date('2026-08-30T00:00:00Z'),
    ...change,
  };
}
