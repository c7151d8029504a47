import type { PlannedTask } from '../../../../operations/index.js';
import type { IssueWanted } from '../issue-wanted.js';

export const SELF_SIGN_TASK = 'certificate.self-sign';
const DAYS = 90;

/** The task that makes the key and the certificate on the server, or finds that an earlier run of it has. */
export function selfSignTask({
  certificate,
  server,
  documentRoots,
  replaces,
}: Pick<IssueWanted, 'certificate' | 'server' | 'documentRoots' | 'replaces'>): PlannedTask {
  return {
    name: SELF_SIGN_TASK,
    input: {
      certificateId: certificate.id,
      tlsDirectory: server.http.paths.tls,
      stagingDirectory: server.http.paths.staging,
      names: certificate.requestedNames,
      keyType: certificate.keyType,
      days: DAYS,
      documentRoots,
      ...(replaces !== undefined && { replaces }),
    },
  };
}
