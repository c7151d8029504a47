import type { HttpServerSpec } from '../http-server-spec.js';
import type { Scheme } from '../virtual-servers.js';
import { certificateLines, placeholder } from './placeholder.js';

/**
 * For names that nobody has: 404 with nothing in it over HTTP. Over HTTPS no handshake can succeed, hence no certificate is
 * shown: this virtual host offers one cipher only, with keys that both sides would have to have been given, and gives none.
 */
export function strangerLines(scheme: Scheme, server: HttpServerSpec): readonly string[] {
  return scheme === 'http'
    ? ['Include acme.conf', 'ErrorDocument 404 "Not found"', 'RewriteRule ^ - [R=404,L]']
    : [
        ...certificateLines(placeholder(server)),
        'SSLProtocol -all +TLSv1.2',
        'SSLCipherSuite SSL PSK-AES128-GCM-SHA256',
      ];
}
