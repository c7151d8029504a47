import type { PlannedTask } from '../../../operations/index.js';
import { issuingOf } from '../issue-task.js';
import type { IssueWanted } from '../issue-wanted.js';
import { selfSignTask } from '../self-sign-task.js';

/**
 * The task that makes the successor of a certificate, by its provider. A CA is told what is replaced (RFC 9773 §5); what is signed
 * here by itself would find nothing to do before its time.
 * @throws DomainError CERTIFICATE_NOT_RENEWABLE, CERTIFICATE_PROVIDER_NOT_FOUND
 */
export function renewalTask(wanted: IssueWanted): PlannedTask {
  const { certificate, server, documentRoots } = wanted;
  return certificate.provider === 'SELF_SIGNED'
    ? selfSignTask(certificate, server, documentRoots, certificate.fingerprint ?? undefined)
    : issuingOf(certificate).plan(wanted);
}
