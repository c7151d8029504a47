import type { CertificateFiles } from '../consumer.js';
import type { HttpServerSpec } from '../http-server-spec.js';
import { path } from '../syntax.js';

/** Without a pair of its own mod_ssl does not start a virtual host, not even one whose handshakes all fail. */
export function placeholder(server: HttpServerSpec): CertificateFiles {
  const directory = `${path(server.paths.tls)}/hler.invalid`;
  return { certificate: `${directory}/fullchain.pem`, key: `${directory}/privkey.pem` };
}

export function certificateLines({ certificate, key }: CertificateFiles): readonly string[] {
  return ['SSLEngine on', `SSLCertificateFile "${certificate}"`, `SSLCertificateKeyFile "${key}"`];
}
