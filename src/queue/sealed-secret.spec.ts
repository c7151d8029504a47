import { CompactEncrypt } from 'jose';
import { describe, expect, it } from 'vitest';
import { Secret } from '../shared/secret.js';
import { CONTENT_ENCRYPTION, ENCRYPTION_ALGORITHM, importKey, newPartyKeys } from './key-files.js';
import { openSecret, sealSecret } from './sealed-secret.js';

async function aServer() {
  const { encryption } = await newPartyKeys();
  return {
    publicKey: await importKey(encryption.publicKey, ENCRYPTION_ALGORITHM),
    privateKey: await importKey(encryption.privateKey, ENCRYPTION_ALGORITHM),
  };
}

describe('a sealed secret', () => {
  it('is opened by its server, and says nothing to others', async () => {
    const [server, other] = [await aServer(), await aServer()];
    const sealed = await sealSecret(new Secret('s3cret æ'), server.publicKey);
    expect(sealed).not.toContain('s3cret');
    expect((await openSecret(sealed, server.privateKey)).reveal()).toBe('s3cret æ');
    await expect(openSecret(sealed, other.privateKey)).rejects.toMatchObject({ code: 'MESSAGE_REFUSED' });
  });

  it('is refused when it was altered, is something else, or is nothing', async () => {
    const { publicKey, privateKey } = await aServer();
    const sealed = await sealSecret(new Secret('s3cret'), publicKey);
    const end = sealed.at(-3) === 'A' ? 'B' : 'A';
    const untyped = await new CompactEncrypt(new TextEncoder().encode('an order'))
      .setProtectedHeader({ alg: ENCRYPTION_ALGORITHM, enc: CONTENT_ENCRYPTION })
      .encrypt(publicKey);
    for (const bad of [`${sealed.slice(0, -3)}${end}${sealed.slice(-2)}`, untyped, '', 'a.b.c.d.e']) {
      await expect(openSecret(bad, privateKey)).rejects.toMatchObject({
        code: 'MESSAGE_REFUSED',
        message: expect.not.stringContaining('s3cret'),
      });
    }
  });
});
