import type { PlannedTask } from '../../../operations/index.js';
import type { Server } from '../../../servers/index.js';
import { DomainError } from '../../../shared/domain-error.js';
import type { Certificate } from '../certificate.js';
import { SELF_SIGN_TASK, selfSignTask } from '../self-sign-task.js';

/** Every task that can make the successor of a certificate. */
export const RENEWAL_TASKS = [SELF_SIGN_TASK] as const;

/**
 * The task that makes the successor of a certificate, by its provider. A provider joins by its line here.
 * @throws DomainError CERTIFICATE_NOT_RENEWABLE
 */
export function renewalTask(certificate: Certificate, server: Server, documentRoots: readonly string[]): PlannedTask {
  if (certificate.provider === 'SELF_SIGNED') {
    return selfSignTask(certificate, server, documentRoots, certificate.fingerprint ?? undefined);
  }
  throw new DomainError(
    'CERTIFICATE_NOT_RENEWABLE',
    `The certificate for ${certificate.names[0] ?? certificate.id} came by ${certificate.provider}: Hlér cannot renew it.`,
  );
}
