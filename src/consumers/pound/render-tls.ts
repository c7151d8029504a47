import { TLS_1_2_CIPHERS, TLS_1_3_CIPHERS, TLS_GROUPS } from '../tls-profile.js';

/** Mozilla's "intermediate", as far as Pound can be told. */
export function renderTls(): string {
  const lines = ['Disable TLSv1_1', `Ciphers "${TLS_1_2_CIPHERS.join(':')}"`, 'SSLHonorCipherOrder false'];
  return `${lines.join('\n')}\n`;
}

/**
 * The rest, told to its library: 4.16 can name one curve, 4.23 none, and both would offer all that the library has. With `?`
 * a group that it lacks is passed over; one that does not know the sign takes its own groups.
 */
export function renderLibrarySettings(): string {
  const [newest, ...others] = TLS_GROUPS;
  const lines = [
    'openssl_conf = hler',
    '[hler]',
    'ssl_conf = hler_ssl',
    '[hler_ssl]',
    'system_default = hler_tls',
    '[hler_tls]',
    `Groups = ${[`?${newest}`, ...others].join(':')}`,
    `Ciphersuites = ${TLS_1_3_CIPHERS.join(':')}`,
    // Sessions are kept by the server: no key can open them later.
    'Options = -SessionTicket',
  ];
  return `${lines.join('\n')}\n`;
}
