import type { PlannedTask } from '../../../operations/index.js';
import type { IssueWanted } from '../provider-kinds/issue-wanted.js';
import { issuingOf } from '../provider-kinds/provider-kinds.js';

/**
 * The task that makes the successor of a certificate, by its provider.
 * @throws DomainError CERTIFICATE_NOT_RENEWABLE, CERTIFICATE_PROVIDER_NOT_FOUND
 */
export function renewalTask(wanted: IssueWanted): PlannedTask {
  const { fingerprint } = wanted.certificate;
  return issuingOf(wanted.certificate).plan(fingerprint === null ? wanted : { ...wanted, replaces: fingerprint });
}
