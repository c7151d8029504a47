import type { FieldUpdate, PlannedTask } from '../../operations/index.js';
import type { Server } from '../../servers/index.js';
import type { Certificate } from './certificate.js';

export const SELF_SIGN_TASK = 'certificate.self-sign';
const DAYS = 90;

/** What a failed operation leaves of a certificate that it was to make: its files were removed again. */
export function certificateFailed(certificate: Certificate): FieldUpdate {
  return { subject: 'certificate', id: certificate.id, fields: { status: 'FAILED' } };
}

/** The task that makes the key and the certificate on the server, or finds that an earlier run of it has. */
export function selfSignTask(
  certificate: Certificate,
  server: Server,
  documentRoots: readonly string[],
  replaces?: string,
): PlannedTask {
  return {
    name: SELF_SIGN_TASK,
    input: {
      certificateId: certificate.id,
      tlsDirectory: server.http.paths.tls,
      stagingDirectory: server.http.paths.staging,
      names: certificate.names,
      keyType: certificate.keyType,
      days: DAYS,
      documentRoots,
      ...(replaces !== undefined && { replaces }),
    },
  };
}
