import { TLS_1_2_CIPHERS, TLS_1_3_CIPHERS, TLS_GROUPS } from '../tls-profile.js';

/** Mozilla's "intermediate", as far as Pound can be told. */
export function renderTls(): string {
  const lines = ['Disable TLSv1_1', `Ciphers "${TLS_1_2_CIPHERS.join(':')}"`, 'SSLHonorCipherOrder false'];
  return `${lines.join('\n')}\n`;
}

/**
 * The rest, told to its library: Pound names one curve before 4.20, and none since, and not the ciphers of TLS 1.3 before 4.17. With `?` a group that the library lacks is passed
 * over (OpenSSL 3.3 and later); an older one that lacks the first takes its own groups.
 */
export function renderLibrarySettings(): string {
  const [newest = '', ...others] = TLS_GROUPS;
  const lines = [
    'openssl_conf = hler',
    '[hler]',
    'ssl_conf = hler_ssl',
    '[hler_ssl]',
    'system_default = hler_tls',
    '[hler_tls]',
    `Groups = ${[`?${newest}`, ...others].join(':')}`,
    `Ciphersuites = ${TLS_1_3_CIPHERS.join(':')}`,
  ];
  return `${lines.join('\n')}\n`;
}
