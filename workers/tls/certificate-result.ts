import { X509Certificate } from 'node:crypto';
import { certificateFacts } from '../../src/certificates/domain/certificate-facts.js';
import { joinPem } from '../../src/certificates/domain/strict-pem.js';
import type { TaskSuccess } from '../../src/operations/domain/task.js';
import type { StoredGeneration } from './stored-generation.js';

/**
 * What a task reports of a certificate that is in force now: public facts only. With `undo`, it was put there by this operation, now
 * or before it was killed and run again, and is for it to take back.
 */
export function inForce(
  status: TaskSuccess['status'],
  stored: StoredGeneration,
  undo: TaskSuccess['undo'] | null,
): TaskSuccess {
  const { spki, names, serial, issuer, fingerprint, ...dates } = certificateFacts(
    new X509Certificate(stored.certificatePem),
  );
  const [notBefore, notAfter] = [dates.notBefore.toISOString(), dates.notAfter.toISOString()];
  const chainPem = joinPem(stored.certificatePem, stored.chainPem);
  return {
    status,
    output: { spki, fingerprint, notBefore, notAfter, serial, names, directory: stored.directory },
    fields: [
      {
        subject: 'certificate',
        id: stored.record.certificateId,
        fields: { status: 'ACTIVE', spki, names, serial, issuer, notBefore, notAfter, fingerprint, chainPem },
      },
    ],
    ...(undo && { undo }),
  };
}

/** The undo data of a generation that `TlsStore.put` has made. */
export function retraction({ spki, generation }: StoredGeneration): NonNullable<TaskSuccess['undo']> {
  return { spki, generation };
}
