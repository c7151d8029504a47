import type { HttpServerSpec } from '../http-server-spec.js';
import { tlsGroup } from '../syntax.js';
import { TLS_1_2_CIPHERS, TLS_1_3_CIPHERS } from '../tls-profile.js';

/**
 * Mozilla's "intermediate". Only groups that the library of mod_ssl has are named: with one unknown group the server does not
 * start, although its checker finds nothing. Session tickets are off because nothing rotates their keys; stapling is
 * off because the largest CA ended OCSP in 2025.
 */
export function renderTls(server: HttpServerSpec): string {
  const groups = server.tlsGroups.map(tlsGroup);
  const lines = [
    'SSLProtocol -all +TLSv1.2 +TLSv1.3',
    `SSLCipherSuite SSL ${TLS_1_2_CIPHERS.join(':')}`,
    `SSLCipherSuite TLSv1.3 ${TLS_1_3_CIPHERS.join(':')}`,
    'SSLHonorCipherOrder off',
    ...(groups.length === 0 ? [] : [`SSLOpenSSLConfCmd Curves ${groups.join(':')}`]),
    'SSLSessionCacheTimeout 86400',
    'SSLSessionTickets off',
    'SSLUseStapling off',
    'SSLStrictSNIVHostCheck on',
  ];
  return `${lines.join('\n')}\n`;
}
