import { X509Certificate } from 'node:crypto';
import { certificateFacts, type CertificateFacts } from '../../src/certificates/domain/certificate-facts.js';
import { joinPem } from '../../src/certificates/domain/strict-pem.js';
import type { TaskSuccess } from '../../src/operations/domain/task.js';
import type { StoredGeneration } from './stored-generation.js';
import type { KeyAndCertificate } from './tls-layout.js';

export function factsOf({ certificatePem }: KeyAndCertificate): CertificateFacts {
  return certificateFacts(new X509Certificate(certificatePem));
}

/**
 * What a task says of the certificate that is in force now. `ownWork`: made by this operation, now or before it was killed and
 * run again, and so for it to take back.
 */
export function storedSuccess(status: TaskSuccess['status'], stored: StoredGeneration, ownWork: boolean): TaskSuccess {
  const { spki, names, serial, issuer, fingerprint, ...dates } = factsOf(stored);
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
    ...(ownWork ? { undo: { spki, generation: stored.generation } } : {}),
  };
}
