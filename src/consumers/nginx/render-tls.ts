import type { HttpServerSpec } from '../http-server-spec.js';
import { tlsGroup } from '../syntax.js';
import { TLS_1_2_CIPHERS } from '../tls-profile.js';

/**
 * Mozilla's "intermediate". Only groups that the library has are named: one unknown group, and the server refuses its
 * configuration. Session tickets are off because nothing rotates their keys; stapling is off because the largest CA
 * ended OCSP in 2025.
 */
export function renderTls(server: HttpServerSpec): string {
  const groups = server.tlsGroups.map(tlsGroup);
  const lines = [
    'ssl_protocols TLSv1.2 TLSv1.3;',
    `ssl_ciphers ${TLS_1_2_CIPHERS.join(':')};`,
    'ssl_prefer_server_ciphers off;',
    `ssl_ecdh_curve ${groups.length === 0 ? 'auto' : groups.join(':')};`,
    'ssl_session_cache shared:hler_tls:10m;',
    'ssl_session_timeout 1d;',
    'ssl_session_tickets off;',
    'ssl_stapling off;',
  ];
  return `${lines.join('\n')}\n`;
}
