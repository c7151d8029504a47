import { createPublicKey, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certId } from '../chaos-ca/ari.js';
import { aStage, type Stage } from '../chaos-ca/probe/a-ca.js';
import type { AcmeObject, AcmeProbe, ProbeReply } from '../chaos-ca/probe/acme-probe.js';
import { makeCsr } from '../chaos-ca/probe/make-csr.js';
import { makeProbeKey, signHmac, signJws } from '../chaos-ca/probe/sign.js';
import { VirtualClock } from '../chaos-ca/virtual-clock.js';

const HOUR_MS = 3_600_000;
const URN = 'urn:ietf:params:acme:error:';

let stage: Stage;
let client: AcmeProbe;
const clock = new VirtualClock(new Date());

beforeAll(async () => {
  stage = await aStage({ clock, blockedNames: ['forbidden.test'] });
  client = await stage.client();
});

afterAll(() => stage.stop());

/** Status, type and what else is said. */
function problem(reply: ProbeReply): string {
  return `${reply.status} ${String(reply.body.type).replace(URN, '')}`;
}

function chainOf({ text }: ProbeReply): readonly X509Certificate[] {
  return (text.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g) ?? []).map((pem) => new X509Certificate(pem));
}

function certIdOf(certificate: X509Certificate): string {
  const stored = [...stage.ca.state.certificates.values()].find(({ der }) => der.equals(certificate.raw));
  return stored!.certId;
}

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

describe('an order', () => {
  it('goes from pending over ready to valid, and ends in a chain that leads to the root', async () => {
    const names = ['a.test', 'b.a.test'];
    const order = await client.newOrder(names, { profile: 'tlsserver' });
    expect([order.status, order.body.status, order.body.profile]).toEqual([201, 'pending', 'tlsserver']);
    const url = order.headers.location!;
    expect(problem(await client.finalize(order, names))).toBe('403 orderNotReady');
    await client.prove(order);
    expect((await client.post(url)).body.status).toBe('ready');
    const final = await client.finalize(order, names);
    expect(final.body.status).toBe('valid');
    const chain = await client.post(final.body.certificate as string);
    expect(chain.headers['content-type']).toBe('application/pem-certificate-chain');
    const [leaf, intermediate, cross] = chainOf(chain);
    const [oldRoot, newRoot] = stage.ca.state.certifier.trusted.roots.map((pem) => new X509Certificate(pem));
    expect(leaf!.subjectAltName).toBe('DNS:a.test, DNS:b.a.test');
    expect(leaf!.subject ?? '').toBe('');
    expect([leaf!.verify(intermediate!.publicKey), leaf!.ca, intermediate!.ca]).toEqual([true, false, true]);
    expect([intermediate!.verify(cross!.publicKey), cross!.verify(oldRoot!.publicKey)]).toEqual([true, true]);
    expect(cross!.publicKey.equals(newRoot!.publicKey)).toBe(true);
    const lifeMs = Date.parse(leaf!.validTo) + 1_000 - Date.parse(leaf!.validFrom);
    expect(lifeMs).toBe(45 * 24 * HOUR_MS);
  });

  it('has an alternate chain that is shorter', async () => {
    const chain = await client.issue(['alternate.test']);
    const [, link] = /<([^>]+)>;rel="alternate"/.exec(String(chain.headers.link)) ?? [];
    const alternate = await client.post(link!);
    expect([chainOf(chain).length, chainOf(alternate).length]).toEqual([3, 2]);
    expect(chainOf(alternate)[0]!.raw).toEqual(chainOf(chain)[0]!.raw);
  });

  it.each<[string, object, string]>([
    ['no names', { identifiers: [] }, '400 malformed'],
    ['no array', { identifiers: 'a.test' }, '400 malformed'],
    ['one label', { identifiers: [{ type: 'dns', value: 'localhost' }] }, '400 rejectedIdentifier'],
    ['an address as a name', { identifiers: [{ type: 'dns', value: '192.0.2.1' }] }, '400 rejectedIdentifier'],
    ['two wildcards', { identifiers: [{ type: 'dns', value: '*.*.test' }] }, '400 rejectedIdentifier'],
    ['a wildcard inside', { identifiers: [{ type: 'dns', value: 'a.*.test' }] }, '400 rejectedIdentifier'],
    ['an underscore', { identifiers: [{ type: 'dns', value: 'a_b.test' }] }, '400 rejectedIdentifier'],
    ['a U-label', { identifiers: [{ type: 'dns', value: 'bücher.test' }] }, '400 rejectedIdentifier'],
    ['a bad A-label', { identifiers: [{ type: 'dns', value: 'xn--0.test' }] }, '400 rejectedIdentifier'],
    ['a dot at its end', { identifiers: [{ type: 'dns', value: 'a.test.' }] }, '400 rejectedIdentifier'],
    ['a blocked name', { identifiers: [{ type: 'dns', value: 'www.forbidden.test' }] }, '400 rejectedIdentifier'],
    ['another type', { identifiers: [{ type: 'email', value: 'a@b.test' }] }, '400 unsupportedIdentifier'],
    ['an address in classic', { identifiers: [{ type: 'ip', value: '127.0.0.1' }] }, '400 rejectedIdentifier'],
    ['a date', { identifiers: [{ type: 'dns', value: 'a.test' }], notAfter: '2030-01-01T00:00:00Z' }, '400 malformed'],
    [
      'another profile',
      { identifiers: [{ type: 'dns', value: 'a.test' }], profile: 'tlsclient' },
      '400 invalidProfile',
    ],
    ['a prototype', { identifiers: [{ type: 'dns', value: 'a.test' }], profile: 'constructor' }, '400 invalidProfile'],
  ])('is refused for %s', async (_, payload, expected) => {
    expect(problem(await client.post(client.directory.newOrder!, payload))).toBe(expected);
  });

  it('names each of several bad names in a sub-problem', async () => {
    const { body } = await client.newOrder(['a.test', 'x.forbidden.test', 'a_b.test']);
    const subproblems = body.subproblems as readonly { type: string; identifier: { value: string } }[];
    expect(subproblems.map(({ type, identifier }) => [type, identifier.value])).toEqual([
      [`${URN}rejectedIdentifier`, 'x.forbidden.test'],
      [`${URN}rejectedIdentifier`, 'a_b.test'],
    ]);
  });

  it.each([
    ['classic', 100],
    ['tlsserver', 25],
    ['shortlived', 25],
  ])('of profile %s holds %i names', async (profile, count) => {
    const names = Array.from({ length: count + 1 }, (_, index) => `n${index}.many.test`);
    expect(problem(await client.newOrder(names, { profile }))).toBe('400 malformed');
    expect((await client.newOrder(names.slice(1), { profile })).status).toBe(201);
  });

  it('takes an address where the profile does', async () => {
    const chain = await client.issue(['127.0.0.1'], { profile: 'shortlived' });
    const [leaf] = chainOf(chain);
    expect(leaf!.subjectAltName).toBe('IP Address:127.0.0.1');
    expect(Date.parse(leaf!.validTo) + 1_000 - Date.parse(leaf!.validFrom)).toBe(160 * HOUR_MS);
  });

  it('is one name, however often and in whatever case it is asked for', async () => {
    const { body } = await client.newOrder(['A.Test', 'a.test']);
    expect(body.identifiers).toEqual([{ type: 'dns', value: 'a.test' }]);
    expect(body.authorizations).toHaveLength(1);
  });

  it('belongs to its account alone', async () => {
    const other = await stage.client();
    const order = await client.newOrder(['mine.test']);
    const [authorization = ''] = order.body.authorizations as readonly string[];
    const answers = [order.headers.location!, authorization, order.body.finalize as string].map((url) =>
      other.post(url),
    );
    expect((await Promise.all(answers)).map(problem)).toEqual(['404 malformed', '404 malformed', '404 malformed']);
  });

  it('ends when its time is over', async () => {
    const order = await client.newOrder(['late.test'], { profile: 'shortlived' });
    clock.advance(9 * HOUR_MS);
    const { body } = await client.post(order.headers.location!);
    expect(body.status).toBe('invalid');
    expect(problem(await client.finalize(order, ['late.test']))).toBe('403 orderNotReady');
  });
});

describe('an authorization', () => {
  it('offers what can prove the name', async () => {
    const offered = async (name: string, more: object = {}): Promise<unknown> => {
      const { body } = await client.newOrder([name], more);
      const authorization = (await client.post((body.authorizations as readonly string[])[0]!)).body;
      return [
        authorization.wildcard,
        (authorization.identifier as { value: string }).value,
        (authorization.challenges as readonly { type: string }[]).map(({ type }) => type),
      ];
    };
    expect(await offered('plain.test')).toEqual([
      undefined,
      'plain.test',
      ['http-01', 'dns-01', 'tls-alpn-01', 'dns-persist-01'],
    ]);
    expect(await offered('*.plain.test')).toEqual([true, 'plain.test', ['dns-01', 'dns-persist-01']]);
    expect(await offered('127.0.0.1', { profile: 'shortlived' })).toEqual([undefined, '127.0.0.1', ['http-01']]);
  });

  it('fails for ever, and the order with it, which says whose fault it is', async () => {
    stage.challenges.instead.set('wrong.test', { status: 200, body: 'something else' });
    const order = await client.newOrder(['right.test', 'wrong.test']);
    await client.prove(order);
    const { body } = await client.post(order.headers.location!);
    expect(body).toMatchObject({ status: 'invalid', error: { type: `${URN}unauthorized` } });
    const { subproblems } = body.error as { subproblems: readonly { identifier: object }[] };
    expect(subproblems.map(({ identifier }) => identifier)).toEqual([{ type: 'dns', value: 'wrong.test' }]);
    expect(problem(await client.finalize(order, ['right.test', 'wrong.test']))).toBe('403 orderNotReady');
  });

  it('can be given up', async () => {
    const order = await client.newOrder(['given-up.test']);
    const [url = ''] = order.body.authorizations as readonly string[];
    expect(problem(await client.post(url, { status: 'valid' }))).toBe('400 malformed');
    expect((await client.post(url, { status: 'deactivated' })).body.status).toBe('deactivated');
    expect((await client.post(order.headers.location!)).body.status).toBe('invalid');
  });
});

describe('a signing request', () => {
  const finalizing = async (
    names: readonly string[],
    csr: (key: Awaited<ReturnType<typeof makeProbeKey>>) => Promise<string>,
  ) => {
    const order = await client.newOrder(names);
    await client.prove(order);
    return { order, reply: await client.post(order.body.finalize as string, { csr: await csr(await makeProbeKey()) }) };
  };

  it.each<[string, readonly string[]]>([
    ['one name less', ['a.csr.test']],
    ['one name more', ['a.csr.test', 'b.csr.test', 'c.csr.test']],
    ['another name', ['a.csr.test', 'c.csr.test']],
  ])('with %s is refused, and the order stays ready', async (_, names) => {
    const { order, reply } = await finalizing(['a.csr.test', 'b.csr.test'], (key) => makeCsr(key, names));
    expect(problem(reply)).toBe('400 badCSR');
    expect((await client.post(order.headers.location!)).body.status).toBe('ready');
  });

  it.each<[string, () => Promise<string>]>([
    ['the key of the account', () => makeCsr(client.key, ['key.test'])],
    ['RSA of 1024 bits', async () => makeCsr(await makeProbeKey(1_024), ['key.test'])],
    ['P-521', async () => makeCsr(await makeProbeKey('P-521'), ['key.test'])],
    ['SHA-1', async () => makeCsr(await makeProbeKey(2_048), ['key.test'], { hash: 'SHA-1' })],
  ])('with %s is refused', async (_, csr) => {
    expect(problem((await finalizing(['key.test'], csr)).reply)).toBe('400 badCSR');
  });

  it('that is not signed by its key is refused', async () => {
    const csr = async (key: Awaited<ReturnType<typeof makeProbeKey>>): Promise<string> => {
      const der = Buffer.from(await makeCsr(key, ['forged.test']), 'base64url');
      // A name that was not there when it was signed.
      return Buffer.from(der.toString('latin1').replace('forged.test', 'forger.test'), 'latin1').toString('base64url');
    };
    expect(problem((await finalizing(['forger.test'], csr)).reply)).toBe('400 badCSR');
  });

  it.each([
    ['garbage', 'AAAA'],
    ['padding', 'AAAA=='],
    ['nothing', undefined],
  ])('that is %s is malformed', async (_, csr) => {
    const order = await client.newOrder(['garbage.test']);
    await client.prove(order);
    expect(problem(await client.post(order.body.finalize as string, { csr }))).toBe('400 malformed');
  });

  it('may have an RSA key, which classic lets encipher keys', async () => {
    const key = await makeProbeKey(2_048);
    const [leaf] = chainOf(await client.issue(['rsa.test'], { profile: 'classic' }, key));
    expect(leaf!.subject).toBe('CN=rsa.test');
    expect(leaf!.publicKey.equals(createPublicKey(key.privateKey))).toBe(true);
  });
});

describe('revocation', () => {
  const asked = (chain: ProbeReply, more: object = {}) => ({
    certificate: chainOf(chain)[0]!.raw.toString('base64url'),
    ...more,
  });

  it('is for the account that has it, once, with a reason that it may give', async () => {
    const chain = await client.issue(['revoked.test']);
    const url = client.directory.revokeCert!;
    const other = await stage.client();
    expect(problem(await other.post(url, asked(chain)))).toBe('403 unauthorized');
    expect(problem(await client.post(url, asked(chain, { reason: 2 })))).toBe('400 badRevocationReason');
    expect((await client.post(url, asked(chain, { reason: 4 }))).status).toBe(200);
    expect(problem(await client.post(url, asked(chain)))).toBe('400 alreadyRevoked');
    const window = (await client.get(`${client.directory.renewalInfo}/${certIdOf(chainOf(chain)[0]!)}`)).body;
    expect(Date.parse((window.suggestedWindow as { end: string }).end)).toBeLessThan(clock.ms());
  });

  it('is for another account that has proved all names', async () => {
    const chain = await client.issue(['shared.test']);
    const other = await stage.client();
    await other.issue(['shared.test']);
    expect((await other.post(other.directory.revokeCert!, asked(chain))).status).toBe(200);
  });

  it('is for the key itself, which is then refused for ever', async () => {
    const key = await makeProbeKey();
    const chain = await client.issue(['leaked.test'], {}, key);
    const url = client.directory.revokeCert!;
    const by = (signer: typeof key) => ({ key: signer, header: { kid: undefined, jwk: signer.jwk } });
    expect(problem(await client.post(url, asked(chain), by(await makeProbeKey())))).toBe('403 unauthorized');
    expect((await client.post(url, asked(chain), by(key))).status).toBe(200);
    const order = await client.newOrder(['leaked.test']);
    await client.prove(order);
    expect(problem(await client.finalize(order, ['leaked.test'], key))).toBe('400 badCSR');
    const stranger = await stage.stranger(key);
    expect(problem(await stranger.register())).toBe('400 badPublicKey');
  });
});

describe('renewal information', () => {
  it('is the window of the life, to be asked for again in about six hours', async () => {
    const [leaf] = chainOf(await client.issue(['ari.test'], { profile: 'shortlived' }));
    const id = certIdOf(leaf!);
    const { status, body, headers } = await client.get(`${client.directory.renewalInfo}/${id}`);
    const window = body.suggestedWindow as { start: string; end: string };
    const ideal = Date.parse(leaf!.validTo) - 80 * HOUR_MS;
    expect(status).toBe(200);
    expect(Date.parse(window.start)).toBe(ideal - 1.6 * HOUR_MS);
    expect(Date.parse(window.end)).toBe(ideal + 1.6 * HOUR_MS);
    expect(Number(headers['retry-after']) / 3_600).toBeGreaterThan(4.7);
    const parts = id.split('.').map((part) => Buffer.from(part, 'base64url').toString('hex').toUpperCase());
    expect(certId(parts[0]!, leaf!.serialNumber)).toBe(id);
  });

  it('is refused for what is no certID, and unknown for what is none of ours', async () => {
    const at = (id: string) => client.get(`${client.directory.renewalInfo}/${id}`);
    const [key] = [...stage.ca.state.desk.authorityKeyIds];
    expect(problem(await at('x'))).toBe('400 malformed');
    expect(problem(await at('aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE'))).toBe('400 malformed');
    expect(problem(await at(certId(key!, '0102')))).toBe('404 malformed');
  });

  it('lets an order replace a certificate once', async () => {
    const [leaf] = chainOf(await client.issue(['replace.test']));
    const replaces = certIdOf(leaf!);
    const other = await stage.client();
    expect(problem(await other.newOrder(['replace.test'], { replaces }))).toBe('403 unauthorized');
    expect(problem(await client.newOrder(['not.test'], { replaces }))).toBe('400 malformed');
    const left = await client.newOrder(['replace.test'], { replaces });
    expect(left.body.replaces).toBe(replaces);
    await client.issue(['replace.test', 'more.test'], { replaces });
    expect(problem(await client.newOrder(['replace.test'], { replaces }))).toBe('409 alreadyReplaced');
  });
});
