import type { Certificate } from '../certificate.js';
import { shareLeft } from '../renewal/life.js';
import { CRITICAL_LEFT, WARNING_LEFT } from '../renewal/renewal-alarm.js';
import { validityOf } from '../renewal/validity-of.js';
import { validityAt } from '../validity.js';
import type { EventFacts } from './certificate-event.js';
import { eventFacts } from './event-facts.js';

/** The last threshold of its life that a certificate has passed, the same as for its alarms; null: it has passed none. */
export function expiryEvent(certificate: Certificate, now: Date): EventFacts | null {
  const validity = validityOf(certificate);
  if (validity === null) {
    return null;
  }
  const end = validity.notAfter.toISOString();
  if (validityAt(validity, now) === 'EXPIRED') {
    return eventFacts('EXPIRED', certificate, `It expired at ${end}; visitors are turned away.`);
  }
  const left = shareLeft(validity, now);
  const passed = [CRITICAL_LEFT, WARNING_LEFT].find((share) => left <= share);
  if (passed === undefined) {
    return null;
  }
  const percentLeft = passed * 100;
  return eventFacts('EXPIRING', certificate, `${percentLeft} % of its life or less is left, until ${end}.`, {
    percentLeft,
  });
}
