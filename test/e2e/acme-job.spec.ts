import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { ApiClient } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { startChallengeResponder } from '../support/challenge-responder.js';
import { createSite, makeGround, type Ground } from '../support/ground.js';
import { prepareHler, type Hler } from '../support/hler.js';
import { startPebble, type Pebble } from '../support/pebble.js';

const CERTIFICATE = `id provider providerId status names requestedNames issuer acmeProfile
  refusedNames { name cause owner message remedy retryAt }`;

interface CertificateView {
  readonly id: string;
  readonly provider: string;
  readonly providerId: string | null;
  readonly status: string;
  readonly names: readonly string[];
  readonly requestedNames: readonly string[];
  readonly issuer: string | null;
  readonly refusedNames: readonly { readonly name: string; readonly cause: string; readonly owner: string }[];
}

interface LeftOutName {
  readonly name: string;
  readonly checks: number;
  readonly nextCheckAt: string;
}

interface Told {
  readonly type: string;
  readonly nextAttemptAt: string | null;
}

/** Two ticks of the scheduler, and the work. */
const SOON_MS = 60_000;

describe.each(['nginx', 'apache'])('certificates from a CA, with %s', (consumer) => {
  let hler: Hler;
  let ground: Ground;
  let pebble: Pebble;
  let providerId: string;

  beforeAll(async () => {
    hler = await prepareHler({ env: { HLER_HTTP_CONSUMER: consumer, HLER_RENEWAL_SECONDS: '2' } });
    pebble = await startPebble({ httpPort: hler.ports.http, badNonces: 5 });
    await hler.start();
    ground = await makeGround(hler);
    const { provider } = await hler.api.mutate<{ provider: { id: string } }>(
      'createCertificateProvider',
      settings(),
      'provider { id }',
    );
    providerId = provider.id;
  });
  afterAll(async () => {
    await hler?.stop();
    await pebble?.stop();
  });

  const settings = (name = 'pebble') => ({
    name,
    acme: {
      directoryUrl: pebble.ca.directoryUrl,
      caBundle: pebble.ca.caBundlePem,
      termsOfServiceAgreed: true,
      contact: ['ops@example.org'],
      // Nothing in this lab is trusted by browsers.
      staging: true,
      preflight: { resolvers: [pebble.dns.server], httpPort: hler.ports.http },
    },
  });

  const certificatesOf = async (api: ApiClient, name: string): Promise<readonly CertificateView[]> => {
    const { certificates } = await api.ask<{ certificates: { nodes: readonly CertificateView[] } }>(
      `{ certificates(first: 100) { nodes { ${CERTIFICATE} } } }`,
    );
    return certificates.nodes.filter(({ requestedNames }) => requestedNames.includes(name));
  };

  const fromCa = (uri: string): Promise<CertificateView> =>
    eventually(async () => {
      const found = (await certificatesOf(hler.api, uri)).find(({ provider }) => provider === 'ACME');
      expect(found).toMatchObject({ status: 'ACTIVE' });
      return found!;
    }, 30_000);

  async function leftOutOf(id: string): Promise<readonly LeftOutName[]> {
    const { certificate } = await hler.api.ask<{ certificate: { renewal: { leftOut: readonly LeftOutName[] } } }>(
      'query ($id: ID!) { certificate(id: $id) { renewal { leftOut { name checks nextCheckAt } } } }',
      { id },
    );
    return certificate.renewal.leftOut;
  }

  /** As if the pause were over. */
  async function makeCheckDue(id: string): Promise<void> {
    await hler.sql(
      `UPDATE certificate_renewals SET left_out = JSON_SET(left_out, '$.names[0].nextCheckAt', '2020-01-01T00:00:00.000Z')
        WHERE certificate_id = ?`,
      [id],
    );
    await hler.sql('UPDATE certificates SET due_at = UTC_TIMESTAMP(3) WHERE id = ?', [id]);
  }

  const ordersAtCa = (): number => pebble.output().split('Added order').length - 1;

  async function kindsOf(id: string): Promise<readonly string[]> {
    const rows = await hler.sql<{ kind: string }>('SELECT kind FROM operations WHERE subject_id = ? ORDER BY seq', [
      id,
    ]);
    return rows.map(({ kind }) => kind);
  }
  const told = async (id: string): Promise<readonly Told[]> => {
    const { certificateEvents } = await hler.api.ask<{ certificateEvents: { nodes: readonly Told[] } }>(
      `query ($id: ID!) { certificateEvents(certificateId: $id) {
        nodes { type operationId code causes nextAttemptAt } } }`,
      { id },
    );
    return certificateEvents.nodes;
  };

  const issuerServed = async (uri: string): Promise<string> => (await hler.get('https', uri)).certificate?.issuer ?? '';

  it('tries a provider without ordering anything', async () => {
    const input = { providerId, serverId: ground.serverId };
    const operation = await hler.api.done('testCertificateProvider', input);
    expect(operation).toMatchObject({ kind: 'server.test-provider', state: 'SUCCEEDED' });
    expect(ordersAtCa()).toBe(0);
  });

  it('gives an account a fresh key at the CA, also for a second provider there, and orders with it from then on', async () => {
    const { provider } = await hler.api.mutate<{ provider: { id: string } }>(
      'createCertificateProvider',
      settings('twin'),
      'provider { id }',
    );
    const twin = { providerId: provider.id, serverId: ground.serverId };
    await hler.api.done('testCertificateProvider', twin);
    const input = { providerId, serverId: ground.serverId };
    const answered = async (): Promise<string | undefined> => {
      const { body } = await hler.get('http', 'anybody.example.test', '/.well-known/acme-challenge/token');
      return body.trim().split('.')[1];
    };
    const before = await answered();
    expect(before).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const operation = await hler.api.done('rolloverAccountKey', input);
    // Whoever has the old key could prove names with it as long as it is answered for.
    await eventually(async () => expect([before, undefined]).not.toContain(await answered()), 30_000);
    expect(operation).toMatchObject({
      kind: 'server.rollover-account-key',
      tasks: [{ state: 'NOTHING_TO_DO' }, { state: 'SUCCESS' }],
    });
    expect(pebble.output()).toContain('POST /rollover-account-key');
    // The CA is asked, and knows the account of both by the key that they have now.
    for (const its of [input, twin]) {
      const { tasks } = await hler.api.done('testCertificateProvider', its);
      expect(tasks).toMatchObject([{ state: 'NOTHING_TO_DO' }]);
    }
  });

  it('issues for a site on request, and serves it in place of the self-signed one', async () => {
    const siteId = await createSite(hler.api, ground, 'asked.example.test', {
      https: 'REQUIRED',
      aliases: [{ name: 'www.asked.example.test', redirect: true }],
    });
    const operation = await hler.api.done('issueCertificate', { siteId, provider: providerId });
    expect(operation.tasks.map(({ name }) => name)).toEqual(['certificate.acme-issue', 'http.apply']);
    const certificate = await fromCa('asked.example.test');
    expect(certificate).toMatchObject({
      providerId,
      names: expect.arrayContaining(['asked.example.test', 'www.asked.example.test']),
      refusedNames: [],
    });
    expect(await issuerServed('asked.example.test')).toContain('Pebble');
    expect(await issuerServed('www.asked.example.test')).toContain('Pebble');
  });

  it('leaves one dead alias of 25 names out, says why, and serves the others', async () => {
    await pebble.dns.tell('set-default-ipv4', { ip: '' });
    const names = Array.from({ length: 23 }, (_, index) => `n${index}.many.example.test`);
    for (const host of ['many.example.test', ...names]) {
      await pebble.dns.tell('add-a', { host: `${host}.`, addresses: ['127.0.0.1'] });
    }
    const siteId = await createSite(hler.api, ground, 'many.example.test', {
      https: 'ENABLED',
      aliases: [...names, 'dead.many.example.test'].map((name) => ({ name })),
    });
    const looked = await hler.api.work('checkDomain', { siteId, provider: providerId });
    expect(looked).toMatchObject({
      state: 'SUCCEEDED_WITH_WARNINGS',
      warnings: expect.arrayContaining([
        expect.objectContaining({
          code: 'DOMAIN_BLOCKED',
          details: expect.objectContaining({ name: 'dead.many.example.test', cause: 'NAME_NOT_IN_DNS' }),
        }),
      ]),
    });
    const orders = ordersAtCa();
    const operation = await hler.api.work('issueCertificate', { siteId, provider: providerId });
    await pebble.dns.tell('set-default-ipv4', { ip: '127.0.0.1' });
    expect(operation).toMatchObject({
      state: 'SUCCEEDED_WITH_WARNINGS',
      warnings: [{ code: 'CERTIFICATE_NAME_LEFT_OUT', details: { name: 'dead.many.example.test' } }],
    });
    const certificate = await fromCa('many.example.test');
    expect(certificate.names).toHaveLength(24);
    expect(certificate.refusedNames).toMatchObject([
      { name: 'dead.many.example.test', cause: 'NAME_NOT_IN_DNS', owner: 'YOUR_DNS' },
    ]);
    expect(await issuerServed('n22.many.example.test')).toContain('Pebble');
    // What was foreseen was not ordered: no validation failed at the CA.
    expect(ordersAtCa()).toBe(orders + 1);
    expect(pebble.output()).not.toContain('INVALID');
    // The name that was left out keeps the self-signed one.
    expect(await issuerServed('dead.many.example.test')).not.toContain('Pebble');
  });

  it('adds a name that was left out when it works again, without anybody asking and without a refusal at the CA', async () => {
    const [uri, dead] = ['back.example.test', 'dead.back.example.test'];
    await pebble.dns.tell('set-default-ipv4', { ip: '' });
    await pebble.dns.tell('add-a', { host: `${uri}.`, addresses: ['127.0.0.1'] });
    const siteId = await createSite(hler.api, ground, uri, { https: 'ENABLED', aliases: [{ name: dead }] });
    await hler.api.work('issueCertificate', { siteId, provider: providerId });
    const { id } = await fromCa(uri);
    expect(await issuerServed(dead)).not.toContain('Pebble');
    const looks = (): Promise<readonly LeftOutName[]> => leftOutOf(id);
    const first = await eventually(async () => {
      const [one] = await looks();
      expect(one).toMatchObject({ name: dead, checks: 0 });
      return one!;
    }, SOON_MS);
    expect(Date.parse(first.nextCheckAt) - Date.now()).toBeLessThan(10 * 60_000);
    // It is looked at while it is dead: nothing is ordered, and the next look is an hour away.
    const orders = ordersAtCa();
    await makeCheckDue(id);
    const second = await eventually(async () => {
      const [one] = await looks();
      expect(one).toMatchObject({ name: dead, checks: 1 });
      return one!;
    }, SOON_MS);
    expect(Date.parse(second.nextCheckAt) - Date.now()).toBeGreaterThan(59 * 60_000);
    expect(await kindsOf(id)).toEqual(['certificate.issue', 'certificate.check-names']);
    expect(ordersAtCa()).toBe(orders);
    // It is repaired.
    await pebble.dns.tell('add-a', { host: `${dead}.`, addresses: ['127.0.0.1'] });
    await makeCheckDue(id);
    await eventually(async () => {
      expect(await fromCa(dead)).toMatchObject({ id, names: expect.arrayContaining([uri, dead]), refusedNames: [] });
      expect(await issuerServed(dead)).toContain('Pebble');
    }, 2 * SOON_MS);
    await pebble.dns.tell('set-default-ipv4', { ip: '127.0.0.1' });
    expect((await kindsOf(id)).slice(2)).toEqual(['certificate.check-names', 'certificate.issue']);
    expect(ordersAtCa()).toBe(orders + 1);
    await eventually(async () => expect(await looks()).toEqual([]), SOON_MS);
  }, 300_000);

  it('tells of a certificate that cannot be issued, with the cause, and issues it by itself when it can be', async () => {
    const uri = 'early.example.test';
    await pebble.dns.tell('set-default-ipv4', { ip: '' });
    onTestFinished(() => pebble.dns.tell('set-default-ipv4', { ip: '127.0.0.1' }));
    const orders = ordersAtCa();
    const siteId = await createSite(hler.api, ground, uri, { https: 'ENABLED' });
    const { subjectId: id, ...failed } = await hler.api.work('issueCertificate', { siteId, provider: providerId });
    expect(failed).toMatchObject({ state: 'FAILED', failure: { code: 'ACME_REFUSED' } });
    expect((await certificatesOf(hler.api, uri)).find((one) => one.id === id)).toMatchObject({
      status: 'FAILED',
      refusedNames: [{ name: uri, cause: 'NAME_NOT_IN_DNS', owner: 'YOUR_DNS' }],
    });
    const [next] = await eventually(async () => {
      const names = await leftOutOf(id);
      expect(names).toMatchObject([{ name: uri, checks: 0 }]);
      return names;
    }, SOON_MS);
    const events = await told(id);
    expect(events).toMatchObject([
      { type: 'FAILING', operationId: failed.id, code: 'ACME_REFUSED', causes: ['NAME_NOT_IN_DNS'] },
    ]);
    const saidToBe = Date.parse(events[0]?.nextAttemptAt ?? '');
    expect(Math.abs(saidToBe - Date.parse(next?.nextCheckAt ?? ''))).toBeLessThan(SOON_MS);
    expect(await issuerServed(uri)).not.toContain('Pebble');
    expect(ordersAtCa()).toBe(orders);
    // Its DNS is made.
    await pebble.dns.tell('add-a', { host: `${uri}.`, addresses: ['127.0.0.1'] });
    await makeCheckDue(id);
    await eventually(async () => {
      expect(await fromCa(uri)).toMatchObject({ id, refusedNames: [] });
      expect(await issuerServed(uri)).toContain('Pebble');
    }, 2 * SOON_MS);
    expect(await kindsOf(id)).toEqual(['certificate.issue', 'certificate.check-names', 'certificate.issue']);
    expect((await told(id)).map(({ type }) => type)).toEqual(['FAILING', 'ISSUED']);
    expect(ordersAtCa()).toBe(orders + 1);
  }, 300_000);

  it('does so by itself where the policy says, and adds an alias that comes later', async () => {
    await hler.api.mutate(
      'setCertificatePolicy',
      { scope: 'CLIENT', scopeId: ground.clientId, provider: providerId },
      'policy { scope provider }',
    );
    const siteId = await createSite(hler.api, ground, 'policy.example.test', { https: 'ENABLED' });
    const first = await fromCa('policy.example.test');
    const { site } = await hler.api.ask<{ site: { certificatePolicy: object } }>(
      `query ($id: ID!) { site(id: $id) { certificatePolicy { provider providerFrom keyType keyTypeFrom } } }`,
      { id: siteId },
    );
    expect(site.certificatePolicy).toEqual({
      provider: providerId,
      providerFrom: 'CLIENT',
      keyType: 'EC_P256',
      keyTypeFrom: null,
    });
    await hler.api.done('addAlias', { siteId, name: 'www.policy.example.test' });
    await eventually(async () => {
      expect(await fromCa('www.policy.example.test')).toMatchObject({ id: first.id });
      expect(await issuerServed('www.policy.example.test')).toContain('Pebble');
    }, 30_000);
  });

  it("answers for a client's own account, too, whose key the web server's line does not have", async () => {
    const { provider } = await hler.api.mutate<{ provider: { id: string } }>(
      'createCertificateProvider',
      { ...settings('own'), clientId: ground.clientId },
      'provider { id }',
    );
    const name = 'elsewhere.own.example.test';
    const elsewhere = await startChallengeResponder(hler.ports.http, '/nowhere', '127.0.0.77');
    onTestFinished(() => elsewhere.stop());
    await pebble.dns.tell('add-a', { host: `${name}.`, addresses: ['127.0.0.77'] });
    const siteId = await createSite(hler.api, ground, 'own.example.test', { https: 'ENABLED', aliases: [{ name }] });
    const blocked = { code: 'DOMAIN_BLOCKED', details: expect.objectContaining({ name, cause: 'POINTS_ELSEWHERE' }) };
    const looked = await hler.api.work('checkDomain', { siteId, provider: provider.id });
    expect(looked.warnings).toContainEqual(expect.objectContaining(blocked));
    const issued = await hler.api.work('issueCertificate', { siteId, provider: provider.id });
    expect(issued.warnings).toMatchObject([{ code: 'CERTIFICATE_NAME_LEFT_OUT', details: { name, foreseen: true } }]);
    const found = (await certificatesOf(hler.api, 'own.example.test')).map(({ status, providerId }) => [
      providerId,
      status,
    ]);
    expect(found).toContainEqual([provider.id, 'ACTIVE']);
  });

  it('counts what it orders where the CA has limits, and says what is left', async () => {
    const { acme } = settings();
    const { provider } = await hler.api.mutate<{ provider: { id: string; acme: { limits: string } } }>(
      'createCertificateProvider',
      { name: 'limited', acme: { ...acme, limits: 'LETS_ENCRYPT' } },
      'provider { id acme { limits } }',
    );
    expect(provider.acme.limits).toBe('LETS_ENCRYPT');
    const siteId = await createSite(hler.api, ground, 'limited.example.test', { https: 'ENABLED' });
    const left = async (): Promise<readonly string[]> => {
      const { id } = await hler.api.work('checkDomain', { siteId, provider: provider.id });
      const lines: string[] = [];
      for await (const { message } of hler.api.events(id)) {
        lines.push(message ?? '');
      }
      return lines.filter((line) => line.startsWith('The CA allows'));
    };
    expect(await left()).toEqual([
      'The CA allows 300 of 300 more: new orders of the account.',
      'The CA allows 50 of 50 more: certificates for example.test.',
      'The CA allows 5 of 5 more: certificates for exactly these names.',
      'The CA allows 5 of 5 more: failed authorizations of limited.example.test.',
    ]);
    const { limitReached } = await hler.api.mutate<{ limitReached: object | null }>(
      'issueCertificate',
      { siteId, provider: provider.id },
      'limitReached { limit until }',
    );
    expect(limitReached).toBeNull();
    expect((await left())[1]).toBe('The CA allows 49 of 50 more: certificates for example.test.');
  });

  it('decides by the nearest scope that says something, and says which', async () => {
    const { serverId, platformId, clientId } = ground;
    const siteId = await createSite(hler.api, ground, 'nearest.example.test', { https: 'DISABLED' });
    const scopes = [
      ['INSTALLATION', null, 'RSA_2048'],
      ['SERVER', serverId, 'RSA_3072'],
      ['PLATFORM', platformId, 'RSA_4096'],
      ['CLIENT', clientId, 'EC_P384'],
      ['SITE', siteId, 'EC_P256'],
    ] as const;
    for (const [scope, scopeId, keyType] of scopes) {
      await hler.api.mutate('setCertificatePolicy', { scope, scopeId, keyType }, 'policy { scope keyType }');
      const { site } = await hler.api.ask<{ site: { certificatePolicy: object } }>(
        `query ($id: ID!) { site(id: $id) { certificatePolicy { keyType keyTypeFrom } } }`,
        { id: siteId },
      );
      expect(site.certificatePolicy).toEqual({ keyType, keyTypeFrom: scope });
    }
    for (const [scope, scopeId] of scopes) {
      await hler.api.mutate('setCertificatePolicy', { scope, scopeId, keyType: null }, 'policy { scope }');
    }
  });

  it('revokes what was in force when it was asked, whatever has taken its place, and a predecessor by its fingerprint', async () => {
    const { id } = await fromCa('asked.example.test');
    const inForce = async () => {
      const [row] = await hler.sql<{ fingerprint: string; serial: string; status: string }>(
        'SELECT fingerprint, serial, status FROM certificates WHERE id = ?',
        [id],
      );
      return row!;
    };
    const first = await inForce();
    const renewal = await hler.api.mutate('renewCertificate', { certificateId: id, force: true });
    await hler.api.done('revokeCertificate', { certificateId: id, reason: 'KEY_COMPROMISE' });
    await hler.api.ended(renewal.operation.id);
    const second = await inForce();
    expect(second).toMatchObject({ status: 'ACTIVE', fingerprint: expect.not.stringContaining(first.fingerprint) });
    expect([await pebble.statusOf(first.serial), await pebble.statusOf(second.serial)]).toEqual(['Revoked', 'Valid']);

    // Until the schedule has settled the renewal before, that is what is handed out.
    await eventually(async () => {
      await hler.api.done('renewCertificate', { certificateId: id, force: true });
      expect((await inForce()).fingerprint).not.toBe(second.fingerprint);
    }, SOON_MS);
    const fingerprint = second.fingerprint.toUpperCase().replaceAll(/..(?=.)/g, '$&:');
    await hler.api.done('revokeCertificate', { certificateId: id, reason: 'SUPERSEDED', fingerprint });
    const third = await inForce();
    expect(third.status).toBe('ACTIVE');
    expect([await pebble.statusOf(second.serial), await pebble.statusOf(third.serial)]).toEqual(['Revoked', 'Valid']);

    const refused = { certificateId: id, fingerprint: 'the old one' };
    expect(await hler.api.refusalOf('revokeCertificate', refused)).toMatchObject({
      code: 'CERTIFICATE_FINGERPRINT_UNKNOWN',
    });
    expect(await hler.api.work('revokeCertificate', { certificateId: id, fingerprint: '0'.repeat(64) })).toMatchObject({
      state: 'FAILED',
      failure: { code: 'CERTIFICATE_FINGERPRINT_UNKNOWN' },
    });
  }, 120_000);

  it('goes back two renewals, each of which had a key of its own, and no further', async () => {
    const uri = 'rolled.example.test';
    const siteId = await createSite(hler.api, ground, uri, { https: 'ENABLED' });
    await hler.api.done('issueCertificate', { siteId, provider: providerId });
    const { id } = await fromCa(uri);
    const served = async () => {
      const { certificate } = await hler.get('https', uri);
      // What its CA calls it goes back, too.
      const [row] = await hler.sql<{ ari_id: string }>('SELECT ari_id FROM certificates WHERE id = ?', [id]);
      const key = certificate!.publicKey.export({ format: 'jwk' })['x'];
      return { fingerprint: certificate!.fingerprint256, key, ariId: row!.ari_id };
    };
    const shown = [await served()];
    for (let renewals = 0; renewals < 3; renewals += 1) {
      await eventually(async () => {
        await hler.api.done('renewCertificate', { certificateId: id, force: true });
        expect((await served()).fingerprint).not.toBe(shown.at(-1)!.fingerprint);
      }, SOON_MS);
      shown.push(await served());
    }
    expect(new Set(shown.map(({ key }) => key)).size).toBe(4);
    for (const before of [shown[2], shown[1]]) {
      await hler.api.done('rollbackCertificate', { certificateId: id });
      expect(await served()).toEqual(before);
    }
    expect(await hler.api.work('rollbackCertificate', { certificateId: id })).toMatchObject({
      state: 'FAILED',
      failure: { code: 'CERTIFICATE_ROLLBACK_IMPOSSIBLE', details: { reason: 'NO_EARLIER_GENERATION' } },
    });
    expect(await served()).toEqual(shown[1]);
  }, 240_000);

  it('revokes at the CA', async () => {
    const [certificate] = (await certificatesOf(hler.api, 'asked.example.test')).filter(
      ({ provider }) => provider === 'ACME',
    );
    const operation = await hler.api.done('revokeCertificate', {
      certificateId: certificate!.id,
      reason: 'SUPERSEDED',
    });
    expect(operation.state).toBe('SUCCEEDED');
    expect((await certificatesOf(hler.api, 'asked.example.test')).map(({ status }) => status)).toContain('REVOKED');
    expect((await told(certificate!.id)).map(({ type }) => type)).toEqual(['ISSUED', 'RENEWED', 'RENEWED', 'REVOKED']);
  });

  it('refuses a provider that cannot be used, and one that is not there', async () => {
    const { acme } = settings();
    const create = (change: object) =>
      hler.api.refusalOf('createCertificateProvider', { name: 'other', acme: { ...acme, ...change } });
    expect(await create({ directoryUrl: 'ftp://ca' })).toMatchObject({ code: 'CERTIFICATE_PROVIDER_INVALID' });
    expect(await create({ proxyUrl: 'http://me:canary@proxy.example' })).toEqual(
      expect.objectContaining({
        code: 'CERTIFICATE_PROVIDER_INVALID',
        message: expect.not.stringContaining('canary'),
        details: { field: 'proxyUrl' },
      }),
    );
    expect(await create({ challenges: [{ type: 'DNS_01' }] })).toMatchObject({ code: 'CERTIFICATE_PROVIDER_INVALID' });
    expect(await create({ externalAccount: { keyId: 'x', secret: '../../etc/passwd' } })).toMatchObject({
      code: 'CERTIFICATE_PROVIDER_INVALID',
      details: { field: 'externalAccount.secret' },
    });
    const exec = { hook: '/bin/sh', args: ['-c', 'id'] };
    expect(await create({ challenges: [{ type: 'DNS_01', exec }] })).toMatchObject({
      code: 'CERTIFICATE_PROVIDER_INVALID',
    });
    expect(await hler.api.refusalOf('createCertificateProvider', settings())).toMatchObject({ code: 'NAME_TAKEN' });
    expect(await hler.api.refusalOf('deleteCertificateProvider', { providerId })).toMatchObject({
      code: 'CERTIFICATE_PROVIDER_IN_USE',
    });
  });
});
