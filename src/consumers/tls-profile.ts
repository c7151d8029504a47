/** Mozilla's "intermediate" (guideline 6.0): TLS 1.2 and 1.3, no DHE, the client chooses the order. */
export const TLS_1_2_CIPHERS = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
] as const;

export const TLS_1_3_CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
] as const;

/** Key exchange groups, best first. Only those that a server's own library has may be named in its configuration. */
export const TLS_GROUPS = ['X25519MLKEM768', 'X25519', 'prime256v1', 'secp384r1'] as const;
