import type { CertificateFiles } from '../consumer.js';
import type { HttpServerSpec } from '../http-server-spec.js';
import { path } from '../syntax.js';

/** Shown to whoever asks for a name that nobody has: Pound has no way to refuse a handshake, and shows the first certificate. */
export function placeholder(server: HttpServerSpec): CertificateFiles {
  const file = `${path(server.paths.tls)}/hler.invalid/combined.pem`;
  return { certificate: file, key: file };
}
