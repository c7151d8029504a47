import type { Certificate } from '../certificate.js';
import type { CertificateEventDetails, CertificateEventType, EventFacts } from './certificate-event.js';

const MAX_MESSAGE = 2_000;

/** An event about the certificate that is in force, with the details that belong to its type. */
export function eventFacts(
  type: CertificateEventType,
  { fingerprint, notAfter }: Pick<Certificate, 'fingerprint' | 'notAfter'>,
  message: string,
  more: Partial<CertificateEventDetails> = {},
): EventFacts {
  return {
    type,
    message: message.slice(0, MAX_MESSAGE),
    details: {
      fingerprint,
      notAfter: notAfter?.toISOString() ?? null,
      operationId: null,
      code: null,
      causes: [],
      nextAttemptAt: null,
      percentLeft: null,
      ...more,
    },
  };
}
