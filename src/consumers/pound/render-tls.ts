import { TLS_1_2_CIPHERS } from '../tls-profile.js';

/**
 * Mozilla's "intermediate" as far as Pound can be told. TLS 1.3 and its ciphers are the library's own; so are the groups for key exchange:
 * `ECDHcurve` takes one curve only before 4.20, and nothing since.
 */
export function renderTls(): string {
  const lines = ['Disable TLSv1_1', `Ciphers "${TLS_1_2_CIPHERS.join(':')}"`, 'SSLHonorCipherOrder false'];
  return `${lines.join('\n')}\n`;
}
