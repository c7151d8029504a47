import { GeneralEncrypt, SignJWT, UnsecuredJWT, type CryptoKey } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { DomainError } from '../shared/domain-error.js';
import { newId } from '../shared/ids.js';
import { open, seal, type Opening, type Sealing } from './envelope.js';
import { CONTENT_ENCRYPTION, ENCRYPTION_ALGORITHM, SIGNING_ALGORITHM, importKey, newPartyKeys } from './key-files.js';

interface Party {
  readonly sign: CryptoKey;
  readonly verify: CryptoKey;
  readonly encrypt: CryptoKey;
  readonly decrypt: CryptoKey;
}

async function aParty(): Promise<Party> {
  const { signing, encryption } = await newPartyKeys();
  return {
    sign: await importKey(signing.privateKey, SIGNING_ALGORITHM),
    verify: await importKey(signing.publicKey, SIGNING_ALGORITHM),
    encrypt: await importKey(encryption.publicKey, ENCRYPTION_ALGORITHM),
    decrypt: await importKey(encryption.privateKey, ENCRYPTION_ALGORITHM),
  };
}

const BODY = { type: 'run', secret: 'never in Redis' };
let api: Party;
let server: Party;
let other: Party;
let sealing: Sealing;
let opening: Opening;

beforeAll(async () => {
  [api, server, other] = await Promise.all([aParty(), aParty(), aParty()]);
  const both = { issuer: 'control-plane', audience: 'server-1', type: 'hler-order+jwt' } as const;
  sealing = { ...both, signingKey: api.sign, recipients: [server.encrypt], validForS: 3600 };
  opening = { ...both, verificationKey: api.verify, decryptionKey: server.decrypt };
});

async function reasonOf(message: string, given: Opening = opening): Promise<unknown> {
  const error: unknown = await open(message, given).then(
    () => 'opened',
    (reason: unknown) => reason,
  );
  return error instanceof DomainError && error.code === 'MESSAGE_REFUSED' ? error.details['reason'] : error;
}

async function encrypted(text: string): Promise<string> {
  const encrypt = new GeneralEncrypt(new TextEncoder().encode(text)).setProtectedHeader({ enc: CONTENT_ENCRYPTION });
  encrypt.addRecipient(server.encrypt).setUnprotectedHeader({ alg: ENCRYPTION_ALGORITHM });
  return JSON.stringify(await encrypt.encrypt());
}

describe('an envelope', () => {
  it('comes back as it was, and shows nothing on the way', async () => {
    const message = await seal(BODY, sealing);
    expect(message).not.toMatch(/never in Redis|control-plane|server-1/);
    expect(await open(message, opening)).toEqual(BODY);
  });

  it('can be read by the recovery key, too', async () => {
    const message = await seal(BODY, { ...sealing, recipients: [server.encrypt, other.encrypt] });
    expect(await open(message, { ...opening, decryptionKey: other.decrypt })).toEqual(BODY);
    expect(await open(message, opening)).toEqual(BODY);
  });

  it('is different each time, so that nobody learns that the same was said twice', async () => {
    expect(await seal(BODY, sealing)).not.toBe(await seal(BODY, sealing));
  });

  it.each<[string, Partial<Sealing> | (() => Partial<Sealing>), string]>([
    ['another audience', { audience: 'server-2' }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['another issuer', { issuer: 'server-2' }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['another purpose', { type: 'hler-report+jwt' }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['an earlier day', { validForS: -61 }, 'ERR_JWT_EXPIRED'],
    ['another signature', () => ({ signingKey: other.sign }), 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
    ['other eyes', () => ({ recipients: [other.encrypt] }), 'ERR_JWE_DECRYPTION_FAILED'],
  ])('of %s is refused', async (_what, change, reason) => {
    const message = await seal(BODY, { ...sealing, ...(typeof change === 'function' ? change() : change) });
    expect(await reasonOf(message)).toBe(reason);
  });

  it('is accepted from a clock that is a little behind', async () => {
    expect(await open(await seal(BODY, { ...sealing, validForS: -30 }), opening)).toEqual(BODY);
  });

  it.each(['ciphertext', 'tag', 'iv', 'protected'])('is refused when its %s was altered', async (part) => {
    const message = JSON.parse(await seal(BODY, sealing)) as Record<string, string>;
    const value = message[part]!;
    const altered = { ...message, [part]: `${value[0] === 'A' ? 'B' : 'A'}${value.slice(1)}` };
    expect(await reasonOf(JSON.stringify(altered))).toMatch(/^ERR_/);
  });

  it('is refused when it is not signed, whatever it says about that', async () => {
    const claims = { body: BODY, iss: 'control-plane', aud: 'server-1', jti: newId() };
    const none = new UnsecuredJWT(claims).setIssuedAt().setExpirationTime('1h').encode();
    expect(await reasonOf(await encrypted(none))).toMatch(/^ERR_/);
    expect(await reasonOf(await encrypted(JSON.stringify(claims)))).toMatch(/^ERR_/);
  });

  it('is refused when it is signed with a shared secret instead of the key', async () => {
    const claims = { body: BODY, iss: 'control-plane', aud: 'server-1', jti: newId() };
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', typ: 'hler-order+jwt' })
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode('0123456789abcdef0123456789abcdef'));
    expect(await reasonOf(await encrypted(token))).toBe('ERR_JOSE_ALG_NOT_ALLOWED');
  });

  it.each(['exp', 'iat', 'jti'])('is refused without %s', async (missing) => {
    const claims = { body: BODY, iss: 'control-plane', aud: 'server-1', exp: 4e9, iat: 1, jti: newId() };
    const token = await new SignJWT({ ...claims, [missing]: undefined })
      .setProtectedHeader({ alg: SIGNING_ALGORITHM, typ: 'hler-order+jwt' })
      .sign(api.sign);
    expect(await reasonOf(await encrypted(token))).toBe('ERR_JWT_CLAIM_VALIDATION_FAILED');
  });

  it('is refused before anything is decrypted when it has many recipients, or is very long', async () => {
    const message = await seal(BODY, { ...sealing, recipients: [other.encrypt, other.encrypt, server.encrypt] });
    expect(await reasonOf(message)).toBe('ERR_JWE_INVALID');
    expect(await reasonOf((await seal(BODY, sealing)) + ' '.repeat(16 * 1024 * 1024))).toBe('ERR_JWE_INVALID');
  });

  it.each(['', 'hello', '{}', 'null', '[]', '{"recipients":[]}'])('is refused when it is %j', async (text) => {
    expect(await reasonOf(text)).toMatch(/^ERR_/);
  });
});
