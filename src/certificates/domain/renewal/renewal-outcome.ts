import type { Operation } from '../../../operations/index.js';
import type { Random } from '../../../shared/random.js';
import type { Certificate } from '../certificate.js';
import type { CertificateRenewal } from './certificate-renewal.js';
import { after } from './life.js';
import { sideOfFailure, type RenewalFailure } from './fault.js';
import { renewalAlarm } from './renewal-alarm.js';
import { PROVIDER_KINDS } from '../provider-kinds/provider-kinds.js';
import { failed, planned } from './renewal-state.js';
import { validityOf } from './validity-of.js';

/** What an operation that has ended came to, with `cas` CAs to choose from. It has renewed the certificate when another one is in force now. */
export function afterAttempt(
  certificate: Certificate,
  renewal: CertificateRenewal,
  operation: Operation | null,
  cas: number,
  now: Date,
  random: Random,
): CertificateRenewal {
  const validity = validityOf(certificate);
  const hasSuccessor = certificate.fingerprint !== renewal.plannedFor;
  const ended = { ...renewal, operationId: null, plannedFor: certificate.fingerprint };
  return validity !== null && hasSuccessor
    ? { ...ended, state: planned(validity, PROVIDER_KINDS[certificate.provider].renewal.advised, now, random) }
    : { ...ended, state: failed(renewal.state, failureOf(operation, now), validity, cas, now, random) };
}

/** What stopped a renewal before or beside the CA is ours. */
function failureOf(operation: Operation | null, now: Date): RenewalFailure {
  const retry = operation?.failure?.retry;
  return {
    side: sideOfFailure(operation?.failure ?? null),
    retryAfter: retry?.policy === 'LATER' ? after(now, retry.afterMs) : null,
  };
}

/** The renewal with the alarm that has to be raised now; nobody is alarmed about a certificate that nobody is shown. */
export function withAlarm(
  certificate: Certificate,
  renewal: CertificateRenewal,
  isUsed: boolean,
  now: Date,
): CertificateRenewal {
  const validity = validityOf(certificate);
  if (validity === null || !isUsed) {
    return { ...renewal, alarm: null };
  }
  const facts = {
    validity,
    isAutomatic: PROVIDER_KINDS[certificate.provider].renewal.automatic,
    failures: renewal.state.failures,
    servedProblem: renewal.servedProblem,
  };
  const alarm = renewalAlarm(facts, now);
  if (alarm === undefined) {
    return { ...renewal, alarm: null };
  }
  const since = renewal.alarm?.reason === alarm.reason ? renewal.alarm.since : now;
  return { ...renewal, alarm: { ...alarm, since } };
}
