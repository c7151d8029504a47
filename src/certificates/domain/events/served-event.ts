import type { Certificate } from '../certificate.js';
import type { EventFacts } from './certificate-event.js';
import { eventFacts } from './event-facts.js';

/** What a handshake means; `problem` is what it found wrong. */
export function servedEvent(certificate: Certificate, problem: string | null): EventFacts {
  return problem === null
    ? eventFacts('RECOVERED', certificate, 'A handshake shows the stored certificate again.')
    : eventFacts('MISMATCH', certificate, problem);
}
