import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aStage, type Stage } from '../chaos-ca/probe/a-ca.js';
import type { AcmeObject, AcmeProbe } from '../chaos-ca/probe/acme-probe.js';
import { problem } from '../chaos-ca/probe/read-reply.js';
import { makeProbeKey, signHmac, signJws } from '../chaos-ca/probe/sign.js';
import { VirtualClock } from '../chaos-ca/virtual-clock.js';

let stage: Stage;
let client: AcmeProbe;
const clock = new VirtualClock(new Date());

beforeAll(async () => {
  stage = await aStage({ clock });
  client = await stage.client();
});

afterAll(() => stage.stop());

describe('the directory', () => {
  it('names every resource, and says what this CA does', async () => {
    const { status, body, headers } = await client.get(stage.ca.directoryUrl);
    const base = stage.ca.directoryUrl.replace('/directory', '');
    expect([status, headers['content-type']]).toEqual([200, 'application/json']);
    expect(headers.date).toBe(clock.now().toUTCString());
    expect(body).toMatchObject({
      newNonce: `${base}/acme/new-nonce`,
      newAccount: `${base}/acme/new-acct`,
      newOrder: `${base}/acme/new-order`,
      revokeCert: `${base}/acme/revoke-cert`,
      keyChange: `${base}/acme/key-change`,
      renewalInfo: `${base}/acme/renewal-info`,
      meta: { termsOfService: `${base}/terms/v1`, caaIdentities: ['chaos.test'] },
    });
    expect(Object.keys((body.meta as AcmeObject).profiles as object)).toEqual(['classic', 'tlsserver', 'shortlived']);
  });

  it('gives nonces by HEAD (200) and GET (204), each another, never to be stored', async () => {
    const url = client.directory.newNonce!;
    const replies = [await client.send('HEAD', url), await client.get(url)];
    expect(replies.map(({ status, headers }) => [status, headers['cache-control']])).toEqual([
      [200, 'no-store'],
      [204, 'no-store'],
    ]);
    expect(new Set(replies.map(({ headers }) => headers['replay-nonce'])).size).toBe(2);
  });

  it('knows no other methods and no other pages', async () => {
    expect(problem(await client.get(client.directory.newOrder!))).toBe('405 malformed');
    expect(problem(await client.get(`${stage.ca.directoryUrl}/x`))).toBe('404 malformed');
  });
});

describe('an account', () => {
  it('is made once for a key, and found again', async () => {
    const stranger = await stage.stranger();
    const only = { onlyReturnExisting: true };
    expect(problem(await stranger.register(only))).toBe('400 accountDoesNotExist');
    expect(problem(await stranger.register({ termsOfServiceAgreed: false }))).toBe('400 malformed');
    const made = await stranger.register();
    expect([made.status, made.body.status, made.body.contact]).toEqual([201, 'valid', ['mailto:ops@example.test']]);
    const again = await stranger.register({ contact: ['mailto:other@example.test'] });
    expect([again.status, again.headers.location, again.body.contact]).toEqual([
      200,
      made.headers.location,
      made.body.contact,
    ]);
    expect((await stranger.register(only)).status).toBe(200);
  });

  it.each([
    [['tel:+123'], '400 unsupportedContact'],
    [['mailto:a@b.test,c@d.test'], '400 invalidContact'],
    [['mailto:nobody'], '400 invalidContact'],
    ['mailto:a@b.test', '400 malformed'],
  ])('is not made for contact %j', async (contact, expected) => {
    const stranger = await stage.stranger();
    expect(problem(await stranger.register({ contact }))).toBe(expected);
  });

  it('changes its contacts, and is deactivated for ever', async () => {
    const other = await stage.client();
    const updated = await other.post(other.kid!, { contact: ['mailto:new@example.test'] });
    expect(updated.body.contact).toEqual(['mailto:new@example.test']);
    expect(problem(await other.post(other.kid!, { status: 'revoked' }))).toBe('400 malformed');
    expect(problem(await other.post(client.kid!))).toBe('403 unauthorized');
    expect((await other.post(other.kid!, { status: 'deactivated' })).body.status).toBe('deactivated');
    expect(problem(await other.newOrder(['a.test']))).toBe('403 unauthorized');
    expect(problem(await other.register())).toBe('403 unauthorized');
  });

  it('takes another key: the old one is worth nothing any more', async () => {
    const other = await stage.client();
    const key = await makeProbeKey('P-384');
    const url = other.directory.keyChange!;
    const inner = (header: object, payload: object) =>
      signJws({ alg: key.alg, jwk: key.jwk, url, ...header }, JSON.stringify(payload), key);
    const right = { account: other.kid, oldKey: other.key.jwk };
    expect(problem(await other.post(url, inner({}, { ...right, account: client.kid })))).toBe('400 malformed');
    expect(problem(await other.post(url, inner({}, { ...right, oldKey: key.jwk })))).toBe('400 malformed');
    expect(problem(await other.post(url, inner({ url: `${url}x` }, right)))).toBe('400 malformed');
    const forged = { ...inner({}, right), signature: inner({}, {}).signature };
    expect(problem(await other.post(url, forged))).toBe('400 malformed');
    expect((await other.post(url, inner({}, right))).status).toBe(200);
    expect(problem(await other.post(other.kid!))).toBe('400 malformed');
    expect((await other.post(other.kid!, undefined, { key })).status).toBe(200);
    const third = await stage.client();
    const stolen = signJws(
      { alg: key.alg, jwk: key.jwk, url },
      JSON.stringify({ account: third.kid, oldKey: third.key.jwk }),
      key,
    );
    expect(problem(await third.post(url, stolen))).toBe('409 malformed');
  });
});

describe('an external account', () => {
  it('must be bound, with its secret, to this key', async () => {
    const secret = Buffer.from('a secret of thirty-two characters');
    const bound = await aStage({ externalAccounts: { 'kid-1': secret.toString('base64url') } });
    const stranger = await bound.stranger();
    const url = stranger.directory.newAccount!;
    const bind = (header: object, by: Buffer, jwk: object = stranger.key.jwk) => ({
      externalAccountBinding: signHmac({ alg: 'HS256', kid: 'kid-1', url, ...header }, JSON.stringify(jwk), by),
    });
    const other = await makeProbeKey();
    const refused = [
      await stranger.register(),
      await stranger.register(bind({}, Buffer.from('another secret'))),
      await stranger.register(bind({ kid: 'kid-2' }, secret)),
      await stranger.register(bind({ url: `${url}x` }, secret)),
      await stranger.register(bind({}, secret, other.jwk)),
      await stranger.register(bind({ alg: 'none' }, secret)),
    ];
    const made = await stranger.register(bind({}, secret));
    const { meta } = (await stranger.get(bound.ca.directoryUrl)).body;
    await bound.stop();
    expect(refused.map(problem)).toEqual([
      '403 externalAccountRequired',
      '403 unauthorized',
      '403 unauthorized',
      '400 malformed',
      '400 malformed',
      '400 badSignatureAlgorithm',
    ]);
    expect([made.status, (meta as AcmeObject).externalAccountRequired]).toEqual([201, true]);
  });
});
