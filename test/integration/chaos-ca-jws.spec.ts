import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aStage, type Stage } from '../chaos-ca/probe/a-ca.js';
import type { AcmeProbe, Tweaks } from '../chaos-ca/probe/acme-probe.js';
import { encode, makeProbeKey, signHmac, type FlatJws, type ProbeKey } from '../chaos-ca/probe/sign.js';

let stage: Stage;
let client: AcmeProbe;
let other: ProbeKey;

beforeAll(async () => {
  stage = await aStage();
  [client, other] = await Promise.all([stage.client(), makeProbeKey()]);
});

afterAll(() => stage.stop());

const payload = { identifiers: [{ type: 'dns', value: 'a.test' }] };

async function answerTo(tweaks: Tweaks): Promise<string> {
  const { status, body } = await client.post(client.directory.newOrder!, payload, tweaks);
  return `${status} ${String(body.type).replace('urn:ietf:params:acme:error:', '')}`;
}

const changed = (change: (jws: FlatJws) => unknown): Tweaks => ({ body: (jws) => change(jws as FlatJws) });
const head = (jws: FlatJws) =>
  JSON.parse(Buffer.from(jws.protected, 'base64url').toString('utf8')) as Record<string, unknown>;

describe('a signed request', () => {
  it('is taken when all is right', async () => {
    const { status } = await client.post(client.directory.newOrder!, payload);
    expect(status).toBe(201);
  });

  it.each(['P-256', 'P-384', 'P-521', 2_048] as const)('may be signed with %s', async (kind) => {
    const own = await stage.client(await makeProbeKey(kind));
    expect((await own.post(own.directory.newOrder!, payload)).status).toBe(201);
  });

  it.each<[string, () => Tweaks, string]>([
    ['another content type', () => ({ contentType: 'application/json' }), '415 malformed'],
    [
      'a content type with parameters',
      () => ({ contentType: 'application/jose+json; charset=utf-8' }),
      '415 malformed',
    ],
    ['no JSON', () => changed(() => 'x'), '400 malformed'],
    ['an array', () => changed((jws) => [jws]), '400 malformed'],
    ['the compact form', () => changed((jws) => `${jws.protected}.${jws.payload}.${jws.signature}`), '400 malformed'],
    [
      'the general form',
      () => changed(({ payload: text, ...rest }) => ({ payload: text, signatures: [rest] })),
      '400 malformed',
    ],
    ['both forms', () => changed((jws) => ({ ...jws, signatures: [jws] })), '400 malformed'],
    ['an unprotected header', () => changed((jws) => ({ ...jws, header: { kid: client.kid } })), '400 malformed'],
    ['no signature', () => changed((jws) => ({ ...jws, signature: '' })), '400 malformed'],
    ['a padded part', () => changed((jws) => ({ ...jws, payload: `${jws.payload}=` })), '400 malformed'],
    [
      'base64 that is not of URLs',
      () => changed((jws) => ({ ...jws, signature: `+/${jws.signature.slice(2)}` })),
      '400 malformed',
    ],
    ['a changed payload', () => changed((jws) => ({ ...jws, payload: encode('{"identifiers":[]}') })), '400 malformed'],
    [
      'a changed header',
      () => changed((jws) => ({ ...jws, protected: encode(JSON.stringify({ ...head(jws), x: 1 })) })),
      '400 malformed',
    ],
    [
      'a signature as DER',
      () => changed((jws) => ({ ...jws, signature: encode(`0E${jws.signature}`) })),
      '400 malformed',
    ],
    ['the key of somebody else', () => ({ key: other }), '400 malformed'],
    ['alg none', () => ({ header: { alg: 'none' } }), '400 badSignatureAlgorithm'],
    ['alg HS256', () => ({ header: { alg: 'HS256' } }), '400 badSignatureAlgorithm'],
    ['alg PS256', () => ({ header: { alg: 'PS256' } }), '400 badSignatureAlgorithm'],
    ['an alg of another kind of key', () => ({ header: { alg: 'RS256' } }), '400 malformed'],
    ['an alg of another curve', () => ({ header: { alg: 'ES384' } }), '400 malformed'],
    ['neither jwk nor kid', () => ({ header: { kid: undefined } }), '400 malformed'],
    ['both jwk and kid', () => ({ header: { jwk: client.key.jwk } }), '400 malformed'],
    ['jwk where there must be a kid', () => ({ header: { kid: undefined, jwk: client.key.jwk } }), '400 malformed'],
    ['a kid that is no string', () => ({ header: { kid: 7 } }), '400 malformed'],
    ['a kid that is not of this CA', () => ({ header: { kid: 'https://evil.test/acme/acct/1000' } }), '400 malformed'],
    ['an account that there is not', () => ({ header: { kid: `${client.kid}9` } }), '400 accountDoesNotExist'],
    ['crit', () => ({ header: { crit: ['exp'], exp: 1 } }), '400 malformed'],
    ['b64 false', () => ({ header: { b64: false, crit: ['b64'] } }), '400 malformed'],
    ['no nonce', () => ({ header: { nonce: undefined } }), '400 badNonce'],
    ['an empty nonce', () => ({ header: { nonce: '' } }), '400 badNonce'],
    ['a nonce of its own', () => ({ header: { nonce: 'AAAAAAAAAAAAAAAAAAAAAA' } }), '400 badNonce'],
    ['no url', () => ({ header: { url: undefined } }), '403 unauthorized'],
    ['the url of another resource', () => ({ header: { url: client.directory.newAccount } }), '403 unauthorized'],
    [
      'the url with another host',
      () => ({ header: { url: client.directory.newOrder!.replace('localhost', '127.0.0.1') } }),
      '403 unauthorized',
    ],
  ])('with %s is refused', async (_, tweaks, expected) => {
    expect(await answerTo(tweaks())).toBe(expected);
  });

  it('says which algorithms there are when it does not take one', async () => {
    const { body } = await client.post(client.directory.newOrder!, payload, { header: { alg: 'EdDSA' } });
    expect(body.algorithms).toEqual(['RS256', 'ES256', 'ES384', 'ES512']);
  });

  it('uses up its nonce, and brings another, also when it is refused', async () => {
    const nonce = await client.nonce();
    const first = await client.post(client.directory.newOrder!, { identifiers: [] }, { header: { nonce } });
    const second = await client.post(client.directory.newOrder!, payload, { header: { nonce } });
    expect([first.status, second.body.type]).toEqual([400, 'urn:ietf:params:acme:error:badNonce']);
    const next = second.headers['replay-nonce'];
    expect((await client.post(client.directory.newOrder!, payload, { header: { nonce: next } })).status).toBe(201);
  });

  it('that anybody could have forged leaves the nonce alone', async () => {
    const nonce = await client.nonce();
    await client.post(client.directory.newOrder!, payload, { key: other, header: { nonce } });
    expect((await client.post(client.directory.newOrder!, payload, { header: { nonce } })).status).toBe(201);
  });

  it('is not signed with a public key as if it were a secret', async () => {
    const url = client.directory.newOrder!;
    const secret = Buffer.from(JSON.stringify(client.key.jwk));
    const jws = signHmac(
      { alg: 'HS256', kid: client.kid, url, nonce: await client.nonce() },
      JSON.stringify(payload),
      secret,
    );
    expect(await answerTo({ body: () => jws })).toBe('400 badSignatureAlgorithm');
  });

  it.each<[string, () => Promise<object>]>([
    ['a private part', async () => (await makeProbeKey()).privateKey.export({ format: 'jwk' })],
    ['a secret', async () => ({ kty: 'oct', k: 'AAAA' })],
    ['1024 bits', async () => (await makeProbeKey(1_024)).jwk],
    ['no coordinates', async () => ({ kty: 'EC', crv: 'P-256' })],
    [
      'a point that is not on the curve',
      async () => ({ ...(await makeProbeKey()).jwk, y: (await makeProbeKey()).jwk.x }),
    ],
  ])('is not taken with a key that has %s', async (_, jwk) => {
    const stranger = await stage.stranger();
    const header = { kid: undefined, jwk: await jwk() };
    const { body } = await stranger.post(stranger.directory.newAccount!, { termsOfServiceAgreed: true }, { header });
    expect(body.type).toBe('urn:ietf:params:acme:error:badPublicKey');
  });

  it('must be empty where it only reads', async () => {
    const order = await client.post(client.directory.newOrder!, payload);
    const { body } = await client.post(order.headers.location!, {});
    expect(body.type).toBe('urn:ietf:params:acme:error:malformed');
  });
});
