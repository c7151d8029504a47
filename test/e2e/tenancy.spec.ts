import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient, ApiError, EVENTS, SCHEMA } from '../support/api-client.js';
import { createClient, createPlatform, createSite, makeGround, platformInput, type Ground } from '../support/ground.js';
import { startHler, type Hler } from '../support/hler.js';

interface Tenant {
  readonly api: ApiClient;
  readonly clientId: string;
  readonly platformId: string;
  readonly siteId: string;
  readonly certificateId: string;
  readonly operationId: string;
}

/** What client b gets who tries a root field with what belongs to client a. */
type Case = (a: Tenant, b: Tenant, ground: Ground) => Promise<void>;

const PROVIDER = { name: 'own', acme: { directoryUrl: 'https://ca.example/directory', termsOfServiceAgreed: true } };
/** A cursor ahead of all events. */
const FIRST = Buffer.from('v1:01000000-0000-7000-8000-000000000000').toString('base64url');
const CONNECTION = 'totalCount nodes { id } edges { node { id } }';

describe('tenancy', () => {
  let hler: Hler;
  let ground: Ground;
  let a: Tenant;
  let b: Tenant;

  beforeAll(async () => {
    hler = await startHler();
    ground = await makeGround(hler);
    a = await tenant('a');
    b = await tenant('b');
  });
  afterAll(() => hler?.stop());

  async function tenant(name: string): Promise<Tenant> {
    const clientId = await createClient(hler.api, name);
    const api = await hler.apiOf(name);
    const path = await hler.codeBase(`for-${name}`);
    const platformId = await createPlatform(hler.api, `for-${name}`, ground.serverId, path, clientId);
    const siteId = await createSite(api, { clientId, platformId }, `${name}.example.org`, {
      aliases: [{ name: `www.${name}.example.org` }, { name: `*.wild-${name}.example.org` }],
    });
    const certificate = await api.done('issueCertificate', { siteId });
    await api.done('setHttps', { siteId, https: 'ENABLED' });
    return { api, clientId, platformId, siteId, certificateId: certificate.subjectId, operationId: certificate.id };
  }

  /** A provider for this client alone, made by the operator. */
  const providers = new Map<string, string>();
  async function providerOf({ clientId }: Tenant): Promise<string> {
    const known = providers.get(clientId);
    if (known !== undefined) {
      return known;
    }
    const { provider } = await hler.api.mutate<{ provider: { id: string } }>(
      'createCertificateProvider',
      { ...PROVIDER, clientId },
      'provider { id }',
    );
    providers.set(clientId, provider.id);
    return provider.id;
  }

  const one =
    (field: string, idOf: (tenant: Tenant) => string): Case =>
    async (a, b) => {
      const query = `query ($id: ID!) { ${field}(id: $id) { id } }`;
      expect(await a.api.ask(query, { id: idOf(a) })).toEqual({ [field]: { id: idOf(a) } });
      expect(await b.api.ask(query, { id: idOf(a) })).toEqual({ [field]: null });
    };

  const list =
    (field: string, filters: (a: Tenant) => readonly string[]): Case =>
    async (a, b) => {
      const foreign = Object.values(a).filter((value) => typeof value === 'string');
      for (const filter of ['', ...filters(a)]) {
        const args = ['first: 100', ...(filter === '' ? [] : [filter])].join(', ');
        const text = JSON.stringify(await b.api.ask(`{ ${field}(${args}) { ${CONNECTION} } }`));
        expect({ filter, seen: foreign.filter((id) => text.includes(id)) }).toEqual({ filter, seen: [] });
      }
    };

  const forbidden =
    (document: string, variables: (a: Tenant, ground: Ground) => object = () => ({})): Case =>
    async (a, b, ground) => {
      expect(await b.api.refusal(document, variables(a, ground))).toMatchObject({
        code: 'FORBIDDEN',
        details: { permission: expect.stringMatching(/^[a-z-]+:[a-z]+$/) },
      });
    };

  const forbiddenMutation =
    (mutation: string, input: (a: Tenant, ground: Ground) => object): Case =>
    async (a, b, ground) => {
      expect(await b.api.refusalOf(mutation, input(a, ground))).toMatchObject({
        code: 'FORBIDDEN',
        details: { permission: expect.stringMatching(/^[a-z-]+:[a-z]+$/) },
      });
    };

  const onSite =
    (mutation: string, more: object = {}): Case =>
    async (a, b) => {
      const before = await hler.rowCounts();
      expect(await b.api.refusalOf(mutation, { siteId: a.siteId, ...more })).toMatchObject({ code: 'SITE_NOT_FOUND' });
      expect(await hler.rowCounts()).toEqual(before);
    };

  const onCertificate =
    (mutation: string, more: object = {}): Case =>
    async (a, b) => {
      const before = await hler.rowCounts();
      const { certificateId } = a;
      expect(await b.api.refusalOf(mutation, { certificateId, ...more })).toMatchObject({
        code: 'CERTIFICATE_NOT_FOUND',
      });
      expect(await hler.rowCounts()).toEqual(before);
    };

  const onOperation =
    (mutation: string): Case =>
    async (a, b) => {
      expect(await b.api.refusalOf(mutation, { operationId: a.operationId })).toMatchObject({
        code: 'OPERATION_NOT_FOUND',
      });
    };

  const CASES: Readonly<Record<string, Case>> = {
    'Query.certificate': one('certificate', ({ certificateId }) => certificateId),
    'Query.certificates': list('certificates', ({ clientId }) => [`clientId: "${clientId}"`, 'status: ACTIVE']),
    'Query.certificateEvents': async (a, b) => {
      const seen = async ({ api }: Tenant, filter: string): Promise<readonly string[]> => {
        const { certificateEvents } = await api.ask<{ certificateEvents: { nodes: readonly { clientId: string }[] } }>(
          `{ certificateEvents(first: 100${filter}) { totalCount nodes { id clientId certificate { id } } } }`,
        );
        return [...new Set(certificateEvents.nodes.map(({ clientId }) => clientId))];
      };
      for (const filter of [`, certificateId: "${a.certificateId}"`, `, clientId: "${a.clientId}"`]) {
        expect(await seen(a, filter)).toEqual([a.clientId]);
        expect(await seen(b, filter)).toEqual([]);
      }
      expect(await seen(a, '')).toEqual([a.clientId]);
      expect(await seen(b, '')).toEqual([b.clientId]);
    },
    'Query.client': one('client', ({ clientId }) => clientId),
    'Query.clients': list('clients', () => []),
    'Query.node': async (a, b) => {
      for (const id of [a.clientId, a.platformId, a.siteId, a.certificateId, a.operationId]) {
        const query = `query ($id: ID!) { node(id: $id) { id } }`;
        expect(await a.api.ask(query, { id })).toEqual({ node: { id } });
        expect(await b.api.ask(query, { id })).toEqual({ node: null });
      }
      expect(await b.api.ask(`query ($id: ID!) { node(id: $id) { id } }`, { id: ground.serverId })).toEqual({
        node: null,
      });
    },
    'Query.operation': one('operation', ({ operationId }) => operationId),
    'Query.operations': list('operations', ({ clientId, siteId, certificateId }) => [
      `clientId: "${clientId}"`,
      `subjectId: "${siteId}"`,
      `subjectId: "${certificateId}"`,
      'state: SUCCEEDED',
    ]),
    'Query.platform': one('platform', ({ platformId }) => platformId),
    'Query.platforms': list('platforms', () => [`serverId: "${ground.serverId}"`, 'status: ENABLED']),
    'Query.server': forbidden(`query ($id: ID!) { server(id: $id) { id } }`, (_, { serverId }) => ({ id: serverId })),
    'Query.servers': forbidden(`{ servers { ${CONNECTION} } }`),
    'Query.site': one('site', ({ siteId }) => siteId),
    'Query.sites': list('sites', ({ clientId, platformId }) => [
      `clientId: "${clientId}"`,
      `platformId: "${platformId}"`,
      `serverId: "${ground.serverId}"`,
      'uri: "a.example.org"',
      'status: ENABLED',
    ]),
    'Query.certificateProvider': async (a, b) => {
      const query = `query ($id: ID!) { certificateProvider(id: $id) { id } }`;
      const id = await providerOf(a);
      expect(await a.api.ask(query, { id })).toEqual({ certificateProvider: { id } });
      expect(await b.api.ask(query, { id })).toEqual({ certificateProvider: null });
      expect(await b.api.ask(`query ($id: ID!) { node(id: $id) { id } }`, { id })).toEqual({ node: null });
      for (const [mutation, input] of [
        ['issueCertificate', { siteId: b.siteId, provider: id }],
        ['setCertificatePolicy', { scope: 'SITE', scopeId: b.siteId, provider: id }],
      ] as const) {
        expect(await b.api.refusalOf(mutation, input)).toMatchObject({ code: 'CERTIFICATE_PROVIDER_NOT_FOUND' });
      }
    },
    'Query.certificateProviders': async (a, b) => {
      const id = await providerOf(a);
      const query = '{ certificateProviders(first: 100) { totalCount nodes { id } } }';
      expect(JSON.stringify(await a.api.ask(query))).toContain(id);
      expect(JSON.stringify(await b.api.ask(query))).not.toContain(id);
    },
    'Mutation.createCertificateProvider': forbiddenMutation('createCertificateProvider', () => PROVIDER),
    'Mutation.updateCertificateProvider': forbiddenMutation('updateCertificateProvider', ({ siteId }) => ({
      providerId: siteId,
    })),
    'Mutation.deleteCertificateProvider': forbiddenMutation('deleteCertificateProvider', ({ siteId }) => ({
      providerId: siteId,
    })),
    'Mutation.testCertificateProvider': forbiddenMutation('testCertificateProvider', ({ siteId }, { serverId }) => ({
      providerId: siteId,
      serverId,
    })),
    'Mutation.rolloverAccountKey': forbiddenMutation('rolloverAccountKey', ({ siteId }, { serverId }) => ({
      providerId: siteId,
      serverId,
    })),
    'Mutation.setCertificatePolicy': async (a, b) => {
      const before = await hler.rowCounts();
      const refusals = [
        ['SITE', a.siteId, 'SITE_NOT_FOUND'],
        ['CLIENT', a.clientId, 'CLIENT_NOT_FOUND'],
        ['PLATFORM', b.platformId, 'FORBIDDEN'],
        ['SERVER', ground.serverId, 'FORBIDDEN'],
        ['INSTALLATION', null, 'FORBIDDEN'],
      ] as const;
      for (const [scope, scopeId, code] of refusals) {
        const input = { scope, scopeId, keyType: 'RSA_2048' };
        expect(await b.api.refusalOf('setCertificatePolicy', input)).toMatchObject({ code });
      }
      expect(await hler.rowCounts()).toEqual(before);
    },
    'Mutation.revokeCertificate': async (a, b) => {
      for (const fingerprint of [undefined, '0'.repeat(64), 'none']) {
        expect(
          await b.api.refusalOf('revokeCertificate', { certificateId: a.certificateId, fingerprint }),
        ).toMatchObject({ code: 'CERTIFICATE_NOT_FOUND' });
      }
      expect(await a.api.refusalOf('revokeCertificate', { certificateId: a.certificateId })).toMatchObject({
        code: 'CERTIFICATE_NOT_REVOCABLE',
      });
    },
    'Mutation.checkDomain': onSite('checkDomain'),
    'Mutation.addAlias': onSite('addAlias', { name: 'stolen.example.org' }),
    'Mutation.cancelOperation': onOperation('cancelOperation'),
    'Mutation.createClient': forbiddenMutation('createClient', () => ({ name: 'mine' })),
    'Mutation.createPlatform': forbiddenMutation('createPlatform', (_, { serverId }) =>
      platformInput('mine', serverId, `${hler.platforms}/hello`),
    ),
    'Mutation.createCsr': onSite('createCsr', { names: ['a.example.org'] }),
    'Mutation.createSite': async (a, b) => {
      const before = await hler.rowCounts();
      const site = { uri: 'new.example.org', clientId: b.clientId, platformId: b.platformId };
      const refusals = [
        [{ ...site, clientId: a.clientId }, 'CLIENT_NOT_FOUND'],
        [{ ...site, clientId: a.clientId, platformId: ground.platformId }, 'CLIENT_NOT_FOUND'],
        [{ ...site, platformId: a.platformId }, 'PLATFORM_NOT_FOUND'],
      ] as const;
      for (const [input, code] of refusals) {
        expect(await b.api.refusalOf('createSite', input)).toMatchObject({ code });
      }
      expect(await hler.rowCounts()).toEqual(before);
    },
    'Mutation.deleteSite': onSite('deleteSite'),
    'Mutation.deployCertificate': onCertificate('deployCertificate'),
    'Mutation.disableSite': onSite('disableSite'),
    'Mutation.enableSite': onSite('enableSite'),
    'Mutation.installCertificate': onCertificate('installCertificate', { material: ['x'] }),
    'Mutation.issueCertificate': onSite('issueCertificate', { names: ['a.example.org'] }),
    'Mutation.registerServer': forbiddenMutation('registerServer', () => ({ name: 'mine' })),
    'Mutation.removeAlias': onSite('removeAlias', { name: 'www.a.example.org' }),
    'Mutation.renewCertificate': async (a, b) => {
      const input = { certificateId: a.certificateId, force: true };
      expect(await b.api.refusalOf('renewCertificate', input)).toMatchObject({ code: 'CERTIFICATE_NOT_FOUND' });
    },
    'Mutation.retryOperation': onOperation('retryOperation'),
    'Mutation.rollbackCertificate': onCertificate('rollbackCertificate'),
    'Mutation.setHttps': onSite('setHttps', { https: 'DISABLED' }),
    'Mutation.setRedirect': onSite('setRedirect', { name: 'www.a.example.org', redirectTo: 'b.example.org' }),
    'Mutation.updateSite': onSite('updateSite', { aliases: [] }),
    'Mutation.uploadCertificate': onSite('uploadCertificate', { material: ['x'] }),
    'Mutation.verifyServer': forbiddenMutation('verifyServer', (_, { serverId }) => ({ serverId })),
    'Mutation.verifySite': onSite('verifySite'),
    'Subscription.certificateEvents': async (a, b) => {
      const events = (api: ApiClient, filter: object) => api.certificateEvents({ after: FIRST, ...filter });
      for (const [filter, code] of [
        [{ certificateId: a.certificateId }, 'CERTIFICATE_NOT_FOUND'],
        [{ clientId: a.clientId }, 'CLIENT_NOT_FOUND'],
      ] as const) {
        await expect(events(b.api, filter).next()).rejects.toMatchObject({ refusal: { code } });
      }
      // That of a was the first of all.
      for (const { api, clientId } of [a, b]) {
        const own = events(api, {});
        expect((await own.next()).value).toMatchObject({ type: 'ISSUED', clientId });
        await own.return(undefined);
      }
    },
    'Subscription.operationEvents': async (a, b) => {
      await expect(b.api.events(a.operationId).next()).rejects.toMatchObject({
        refusal: { code: 'OPERATION_NOT_FOUND' },
      });
      expect((await a.api.events(a.operationId).next()).value).toMatchObject({ position: 1 });
    },
  };

  it('has a case for every root field of the schema', () => {
    const fields = [SCHEMA.getQueryType(), SCHEMA.getMutationType(), SCHEMA.getSubscriptionType()].flatMap((type) =>
      Object.keys(type!.getFields()).map((field) => `${type!.name}.${field}`),
    );
    expect(Object.keys(CASES).sort()).toEqual(fields.sort());
  });

  it.each(Object.keys(CASES))('%s gives client b nothing of client a', async (field) => {
    await expect(CASES[field]!(a, b, ground)).resolves.toBeUndefined();
  });

  it.each(Object.keys(CASES))('%s needs a token', async (field) => {
    const [type = '', name = ''] = field.split('.');
    const definition = SCHEMA.getType(type);
    const root = definition && 'getFields' in definition ? definition.getFields()[name] : undefined;
    const args = root && 'args' in root ? root.args.filter(({ type }) => String(type).endsWith('!')) : [];
    const declared = args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
    const given = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
    const document = `${type.toLowerCase()} ${declared && `(${declared})`} { ${name}${given && `(${given})`} { __typename } }`;
    const variables = { id: a.siteId, operationId: a.operationId, after: 0, input: INPUTS[name]?.(a, ground) };
    const response = await new ApiClient(hler.url, null).post('application/json', document, variables);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });

  const site = ({ siteId }: Tenant) => ({ siteId });
  const certificate = ({ certificateId }: Tenant) => ({ certificateId });
  const INPUTS: Readonly<Record<string, (a: Tenant, ground: Ground) => object>> = {
    addAlias: ({ siteId }) => ({ siteId, name: 'x.example.org' }),
    cancelOperation: ({ operationId }) => ({ operationId }),
    createClient: () => ({ name: 'x' }),
    createCsr: site,
    createPlatform: (_, { serverId }) => platformInput('x', serverId, '/srv'),
    createSite: ({ clientId, platformId }) => ({ uri: 'x.example.org', clientId, platformId }),
    deleteSite: site,
    deployCertificate: certificate,
    disableSite: site,
    enableSite: site,
    installCertificate: ({ certificateId }) => ({ certificateId, material: [] }),
    issueCertificate: site,
    registerServer: () => ({ name: 'x' }),
    removeAlias: ({ siteId }) => ({ siteId, name: 'x.example.org' }),
    renewCertificate: ({ certificateId }) => ({ certificateId }),
    retryOperation: ({ operationId }) => ({ operationId }),
    rollbackCertificate: certificate,
    setHttps: ({ siteId }) => ({ siteId, https: 'ENABLED' }),
    setRedirect: ({ siteId }) => ({ siteId, name: 'x.example.org' }),
    updateSite: site,
    uploadCertificate: ({ siteId }) => ({ siteId, material: [] }),
    verifyServer: (_, { serverId }) => ({ serverId }),
    verifySite: site,
  };

  it('keeps names of clients apart, wildcards in both directions', async () => {
    const before = await hler.rowCounts();
    const taken = [
      [b, 'a.example.org'],
      [b, 'x.wild-a.example.org'],
      [b, '*.wild-a.example.org'],
      [b, '*.a.example.org'],
      [a, '*.b.example.org'],
      [a, '*.example.org'],
    ] as const;
    for (const [who, name] of taken) {
      expect(await who.api.refusalOf('addAlias', { siteId: who.siteId, name })).toMatchObject({
        code: 'HOSTNAME_TAKEN',
        message: expect.not.stringContaining(who === a ? b.siteId : a.siteId),
      });
    }
    expect(await hler.rowCounts()).toEqual(before);
    await a.api.done('addAlias', { siteId: a.siteId, name: 'x.wild-a.example.org' });
  });

  it('refuses one of two who take a wildcard and a name below it at the same time', async () => {
    for (let round = 0; round < 10; round += 1) {
      const outcomes = await Promise.allSettled([
        a.api.mutate('addAlias', { siteId: a.siteId, name: `*.both${round}.example.org` }),
        b.api.mutate('addAlias', { siteId: b.siteId, name: `x.both${round}.example.org` }),
      ]);
      const refused = outcomes.flatMap((outcome) =>
        outcome.status === 'rejected' && outcome.reason instanceof ApiError ? [outcome.reason.refusal.code] : [],
      );
      expect([round, ...refused]).toEqual([round, 'HOSTNAME_TAKEN']);
    }
  });

  it('shows a client what it may use, and of that nothing that is the operator’s', async () => {
    const { sites, platforms } = await b.api.ask<{
      sites: { totalCount: number; nodes: object[] };
      platforms: { nodes: { id: string; server: unknown }[] };
    }>(`{ sites { totalCount nodes { id client { id } platform { id server { id } } lastOperation { id requestedBy } } }
          platforms { nodes { id server { id } } } }`);
    expect(sites).toMatchObject({
      totalCount: 1,
      nodes: [{ id: b.siteId, client: { id: b.clientId }, platform: { id: b.platformId, server: null } }],
    });
    expect(new Set(platforms.nodes.map(({ id }) => id))).toEqual(new Set([ground.platformId, b.platformId]));
    expect(platforms.nodes.every(({ server }) => server === null)).toBe(true);
  });

  it('refuses tokens that are expired, revoked or wrong, everywhere', async () => {
    const expired = await hler.createToken('a', '--expires', '2020-01-01');
    const revoked = await hler.createToken('a', '--label', 'to be revoked');
    const api = new ApiClient(hler.url, revoked);
    expect(await api.ask('{ sites { totalCount } }')).toEqual({ sites: { totalCount: 1 } });
    const listed = await hler.cli('token', 'list');
    const [id = ''] = /^(\S+) +to be revoked +client a /m.exec(listed)?.slice(1) ?? [];
    expect(listed).not.toContain(revoked);
    expect(await hler.cli('token', 'revoke', id)).toBe('The token "to be revoked" is revoked.\n');
    expect(await hler.cli('token', 'list')).not.toContain(id);
    expect(await hler.cli('token', 'list', '--all')).toMatch(new RegExp(`^${id} .* revoked$`, 'm'));
    await expect(hler.cli('token', 'revoke', ground.serverId)).rejects.toThrow(/TOKEN_NOT_FOUND/);
    for (const token of [expired, revoked, `hler_${'A'.repeat(43)}`, 'nonsense', '']) {
      const stranger = new ApiClient(hler.url, token);
      expect(await stranger.refusal('{ sites { totalCount } }')).toMatchObject({
        status: 401,
        code: 'UNAUTHENTICATED',
      });
      expect((await stranger.post('text/event-stream', EVENTS, { id: a.operationId })).status).toBe(401);
    }
    const rows = await hler.sql<{ hash: string }>('SELECT * FROM api_tokens');
    expect(JSON.stringify(rows)).not.toContain(hler.token);
    await expect(hler.createToken('nobody')).rejects.toThrow(/CLIENT_NOT_FOUND/);
  });
});
