import { describe, expect, it } from 'vitest';
import { redact } from './redact.js';

describe('redact', () => {
  it.each([
    ['-----BEGIN PRIVATE KEY-----\nMIG\n-----END PRIVATE KEY-----\nafter', '[REDACTED]\nafter'],
    ['cut off: -----BEGIN EC PRIVATE KEY-----\nMIG', 'cut off: [REDACTED]'],
    ['token hler_abcDEF0123456789_-x.', 'token [REDACTED].'],
    ['mysql://hler:s3cr3t@db/hler', 'mysql://hler:[REDACTED]@db/hler'],
    ['redis://:s3cr3t@host', 'redis://:[REDACTED]@host'],
    ['password=s3cr3t, next', 'password=[REDACTED], next'],
    ['{"token": "s3cr3t"}', '{"token": "[REDACTED]"}'],
    ['Authorization: Bearer s3cr3t', 'Authorization: [REDACTED] [REDACTED]'],
    ['authorization: Basic czNjcjN0', 'authorization: [REDACTED] [REDACTED]'],
  ])('takes the secret out of %j', (text, safe) => {
    expect(redact(text)).toBe(safe);
  });

  it.each(['https://example.org:8443/path', 'nginx: configuration file test is successful', 'hler_short', ''])(
    'leaves %j alone',
    (text) => {
      expect(redact(text)).toBe(text);
    },
  );
});
