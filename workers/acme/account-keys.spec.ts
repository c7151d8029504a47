import { createPublicKey } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { defaultAccountKey, jwkThumbprint } from './account-keys.js';
import { AcmePaths } from './acme-paths.js';

/** RFC 7638 §3.1. */
it('names a key by the thumbprint of RFC 7638', () => {
  const n =
    '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw';
  const key = createPublicKey({ key: { kty: 'RSA', n, e: 'AQAB' }, format: 'jwk' });
  expect(jwkThumbprint(key)).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs');
});

it('gives one key to all who ask at once, and leaves no other behind', async () => {
  const paths = new AcmePaths(await mkdtemp(join(tmpdir(), 'hler-keys-')));
  try {
    const keys = await Promise.all(Array.from({ length: 8 }, () => defaultAccountKey(paths)));
    expect(new Set(keys.map(({ thumbprint }) => thumbprint)).size).toBe(1);
    expect(await readdir(paths.keys)).toEqual([`${keys[0]?.thumbprint}.pem`]);
    expect((await readdir(paths.root)).toSorted()).toEqual(['default-key', 'keys']);
  } finally {
    await rm(paths.root, { recursive: true });
  }
});
