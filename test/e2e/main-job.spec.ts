import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createClient as createWsClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { EVENTS, type Event } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import {
  createClient,
  createPlatform,
  createSite,
  makeGround,
  siteView,
  states,
  type Ground,
} from '../support/ground.js';
import { startHler, type Hler } from '../support/hler.js';

const HANDSHAKE_REFUSED = /alert|reset|disconnected/i;

describe('the main job', () => {
  let hler: Hler;
  let ground: Ground;

  beforeAll(async () => {
    hler = await startHler({ env: { HLER_GRAPHIQL: 'true' } });
    ground = await makeGround(hler);
  });
  afterAll(() => hler?.stop());

  const settled = (uri: string, more: object = {}) => createSite(hler.api, ground, uri, more);

  describe('server, client, platform', () => {
    it('shows the server as its verification found it', async () => {
      const { server } = await hler.api.ask<{ server: Record<string, unknown> }>(
        `query ($id: ID!) { server(id: $id) { name status programVersion opensslVersion tlsGroups diskFreeBytes
          platformRoots verifiedAt http { consumer addresses httpPort httpsPort } } }`,
        { id: ground.serverId },
      );
      expect(server).toMatchObject({
        name: 'this-machine',
        status: 'ENABLED',
        programVersion: expect.stringMatching(/^\d+\.\d+/),
        opensslVersion: expect.stringMatching(/^3\./),
        diskFreeBytes: expect.any(Number),
        verifiedAt: expect.any(String),
        http: {
          consumer: 'nginx',
          addresses: ['127.0.0.1'],
          httpPort: hler.ports.http,
          httpsPort: hler.ports.https,
        },
      });
    });

    it('answers names that nobody has with 404, and refuses their handshake', async () => {
      expect((await hler.get('http', 'nobody.example.org')).status).toBe(404);
      await expect(hler.get('https', 'nobody.example.org')).rejects.toThrow(HANDSHAKE_REFUSED);
    });

    it('verifies an unchanged server without touching it', async () => {
      // It tries whether it may write: that changes the time of the directory itself, and of nothing in it.
      const { [`${hler.paths.config}/nginx`]: _, ...before } = await hler.fileTimes();
      const workers = await hler.nginxWorkers();
      const operation = await hler.api.done('verifyServer', { serverId: ground.serverId });
      expect(states(operation)).toEqual(['server.check NOTHING_TO_DO', 'http.apply NOTHING_TO_DO']);
      expect(await hler.fileTimes()).toMatchObject(before);
      expect(await hler.nginxWorkers()).toEqual(workers);
    });

    it('enables a platform that was looked at', async () => {
      const { platform } = await hler.api.ask<{ platform: object }>(
        `query ($id: ID!) { platform(id: $id) { name application status source { type path } server { id } } }`,
        { id: ground.platformId },
      );
      expect(platform).toEqual({
        name: 'hello',
        application: 'STATIC',
        status: 'ENABLED',
        source: { type: 'EXISTING_PATH', path: `${hler.platforms}/hello` },
        server: { id: ground.serverId },
      });
    });
  });

  describe('a site', () => {
    it('is served over HTTP, with an alias, a redirecting alias and a wildcard', async () => {
      const id = await settled('plain.example.org', {
        aliases: [
          { name: 'also.plain.example.org' },
          { name: 'www.plain.example.org', redirect: true },
          { name: '*.any.plain.example.org' },
        ],
      });
      expect(await siteView(hler.api, id)).toEqual({
        uri: 'plain.example.org',
        status: 'ENABLED',
        https: 'DISABLED',
        httpStatus: 200,
        aliases: [
          { name: '*.any.plain.example.org', redirectTo: null, status: 'LIVE' },
          { name: 'also.plain.example.org', redirectTo: null, status: 'LIVE' },
          { name: 'www.plain.example.org', redirectTo: 'plain.example.org', status: 'LIVE' },
        ],
        coverage: expect.any(Array),
        certificate: null,
        servedCertificate: null,
      });
      for (const name of ['plain.example.org', 'also.plain.example.org', 'x.any.plain.example.org']) {
        expect(await hler.get('http', name)).toMatchObject({ status: 200, body: 'front page of hello\n' });
      }
      expect(await hler.get('http', 'www.plain.example.org', '/a%20b?c=d&e=%26')).toMatchObject({
        status: 301,
        location: `http://plain.example.org:${hler.ports.http}/a%20b?c=d&e=%26`,
      });
      await expect(hler.get('https', 'plain.example.org')).rejects.toThrow(HANDSHAKE_REFUSED);
    });

    it('goes from plain to HTTPS enabled and required and back, with a certificate made on the way', async () => {
      const id = await settled('modes.example.org', { aliases: [{ name: 'www.modes.example.org', redirect: true }] });
      const enabled = await hler.api.done('setHttps', { siteId: id, https: 'ENABLED' });
      expect(states(enabled)).toEqual([
        'platform.check NOTHING_TO_DO',
        'certificate.self-sign SUCCESS',
        'http.apply SUCCESS',
      ]);
      const view = await siteView(hler.api, id);
      expect(view).toMatchObject({ https: 'ENABLED', certificate: { keyType: 'EC_P256' } });
      expect(view.coverage.every(({ state }) => state === 'COVERED')).toBe(true);
      expect((await hler.get('http', 'modes.example.org')).status).toBe(200);
      const pem = await readFile(`${hler.paths.tls}/${view.servedCertificate}/live/fullchain.pem`, 'utf8');
      expect(await hler.get('https', 'modes.example.org', '/about.html', pem)).toMatchObject({
        status: 200,
        body: 'about hello\n',
        names: ['modes.example.org', 'www.modes.example.org'],
      });
      expect(await hler.get('https', 'www.modes.example.org', '/p?q=1')).toMatchObject({
        status: 301,
        location: `https://modes.example.org:${hler.ports.https}/p?q=1`,
      });

      await hler.api.done('setHttps', { siteId: id, https: 'REQUIRED' });
      expect(await hler.get('http', 'modes.example.org', '/p?q=1')).toMatchObject({
        status: 301,
        location: `https://modes.example.org:${hler.ports.https}/p?q=1`,
      });
      expect((await hler.get('https', 'modes.example.org')).status).toBe(200);

      await hler.api.done('setHttps', { siteId: id, https: 'DISABLED' });
      expect((await hler.get('http', 'modes.example.org')).status).toBe(200);
      await expect(hler.get('https', 'modes.example.org')).rejects.toThrow(HANDSHAKE_REFUSED);
      expect(await siteView(hler.api, id)).toMatchObject({ https: 'DISABLED', certificate: null });
    });

    it('verifies unchanged without a file written or a reload', async () => {
      const id = await settled('still.example.org', { https: 'REQUIRED' });
      const [before, workers] = [await hler.fileTimes(), await hler.nginxWorkers()];
      const operation = await hler.api.done('verifySite', { siteId: id });
      expect(states(operation)).toEqual([
        'platform.check NOTHING_TO_DO',
        'certificate.check NOTHING_TO_DO',
        'http.apply NOTHING_TO_DO',
      ]);
      expect([await hler.fileTimes(), await hler.nginxWorkers()]).toEqual([before, workers]);
    });

    it('is repaired by a verify when its file was changed or removed by hand', async () => {
      const id = await settled('mended.example.org');
      const text = await readFile(hler.vhostFile('mended.example.org'), 'utf8');
      await writeFile(hler.vhostFile('mended.example.org'), `${text}# by hand\n`);
      expect(states(await hler.api.done('verifySite', { siteId: id })).at(-1)).toBe('http.apply SUCCESS');
      expect(await readFile(hler.vhostFile('mended.example.org'), 'utf8')).toBe(text);
      await rm(hler.vhostFile('mended.example.org'));
      await hler.api.done('verifySite', { siteId: id });
      expect(await readFile(hler.vhostFile('mended.example.org'), 'utf8')).toBe(text);
    });

    it('gets and loses aliases one by one', async () => {
      const id = await settled('names.example.org', { https: 'ENABLED' });
      await hler.api.done('addAlias', { siteId: id, name: 'one.example.org' });
      expect(await hler.get('https', 'one.example.org')).toMatchObject({
        status: 200,
        names: ['names.example.org', 'one.example.org'],
      });
      await hler.api.done('addAlias', { siteId: id, name: 'two.example.org', redirect: true });
      await hler.api.done('setRedirect', { siteId: id, name: 'one.example.org', redirectTo: 'names.example.org' });
      expect(await hler.get('https', 'one.example.org')).toMatchObject({ status: 301 });
      await hler.api.done('setRedirect', { siteId: id, name: 'one.example.org', redirectTo: null });
      await hler.api.done('setRedirect', { siteId: id, name: 'two.example.org', redirectTo: 'one.example.org' });
      expect((await hler.get('http', 'two.example.org', '/x')).location).toBe(
        `http://one.example.org:${hler.ports.http}/x`,
      );
      await hler.api.done('setRedirect', { siteId: id, name: 'two.example.org', redirectTo: null });
      await hler.api.done('removeAlias', { siteId: id, name: 'one.example.org' });
      expect((await hler.get('http', 'one.example.org')).status).toBe(404);
      expect((await siteView(hler.api, id)).aliases).toEqual([
        { name: 'two.example.org', redirectTo: null, status: 'LIVE' },
      ]);
      // The name is free for another site.
      const other = await settled('one.example.org');
      expect((await siteView(hler.api, other)).status).toBe('ENABLED');
    });

    it('becomes what updateSite declares, in one operation', async () => {
      const id = await settled('declared.example.org', {
        aliases: [{ name: 'old.declared.example.org' }, { name: 'kept.declared.example.org' }],
      });
      await hler.api.done('updateSite', {
        siteId: id,
        https: 'REQUIRED',
        aliases: [
          { name: 'kept.declared.example.org', redirect: true },
          { name: 'new.declared.example.org' },
          { name: '*.wild.declared.example.org' },
        ],
      });
      expect(await siteView(hler.api, id)).toMatchObject({
        https: 'REQUIRED',
        aliases: [
          { name: '*.wild.declared.example.org', redirectTo: null, status: 'LIVE' },
          { name: 'kept.declared.example.org', redirectTo: 'declared.example.org', status: 'LIVE' },
          { name: 'new.declared.example.org', redirectTo: null, status: 'LIVE' },
        ],
      });
      expect(await hler.get('https', 'x.wild.declared.example.org')).toMatchObject({ status: 200 });
      expect((await hler.get('http', 'old.declared.example.org')).status).toBe(404);
      const again = await hler.api.done('updateSite', { siteId: id, https: 'REQUIRED' });
      expect(new Set(again.tasks.map(({ state }) => state))).toEqual(new Set(['NOTHING_TO_DO']));
    });

    it('is served under the A-label of an international name', async () => {
      const id = await settled('Bücher.Example.ORG.', {
        https: 'ENABLED',
        aliases: [{ name: 'www.ΒΌΛΟΣ.example.org' }],
      });
      const view = await siteView(hler.api, id);
      expect(view.uri).toBe('xn--bcher-kva.example.org');
      expect(view.aliases[0]?.name).toMatch(/^www\.xn--[a-z0-9-]+\.example\.org$/);
      expect(await hler.get('https', 'xn--bcher-kva.example.org')).toMatchObject({ status: 200 });
    });

    it('serves an RSA certificate when one is asked for, and the same to every site that has its names', async () => {
      const id = await settled('rsa.example.org', { https: 'ENABLED' });
      const operation = await hler.api.done('issueCertificate', { siteId: id, keyType: 'RSA_2048' });
      expect(states(operation)).toEqual(['certificate.self-sign SUCCESS', 'http.apply SUCCESS']);
      const { certificate } = await hler.get('https', 'rsa.example.org');
      expect(certificate?.publicKey.asymmetricKeyType).toBe('rsa');
      expect(certificate?.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
      const view = await siteView(hler.api, id);
      expect(view.certificate).toMatchObject({ keyType: 'RSA_2048', id: operation.subjectId });
      const known = await hler.api.ask<{ certificate: Record<string, unknown> }>(
        `query ($id: ID!) { certificate(id: $id) { names provider status issuer serial spki fingerprint chainPem } }`,
        { id: operation.subjectId },
      );
      expect(known.certificate).toMatchObject({
        names: ['rsa.example.org'],
        provider: 'SELF_SIGNED',
        status: 'ACTIVE',
        spki: view.servedCertificate,
        fingerprint: certificate?.fingerprint256.replaceAll(':', '').toLowerCase(),
      });
      const files = await readdir(`${hler.paths.tls}/${view.servedCertificate}`);
      expect(files).toContain('live');
    });

    it('answers 503 while it is disabled, is enabled again, and is deleted for good', async () => {
      const input = { siteId: await settled('onoff.example.org', { https: 'ENABLED' }) };
      await hler.api.done('disableSite', input);
      for (const scheme of ['http', 'https'] as const) {
        expect(await hler.get(scheme, 'onoff.example.org')).toMatchObject({ status: 503 });
      }
      expect((await siteView(hler.api, input.siteId)).status).toBe('DISABLED');
      await hler.api.done('verifySite', input);
      expect((await siteView(hler.api, input.siteId)).status).toBe('DISABLED');
      await hler.api.done('enableSite', input);
      expect((await hler.get('https', 'onoff.example.org')).status).toBe(200);

      await hler.api.done('deleteSite', input);
      expect((await hler.get('http', 'onoff.example.org')).status).toBe(404);
      await expect(hler.get('https', 'onoff.example.org')).rejects.toThrow(HANDSHAKE_REFUSED);
      expect((await siteView(hler.api, input.siteId)).status).toBe('DELETED');
      await expect(readFile(hler.vhostFile('onoff.example.org'))).rejects.toThrow('ENOENT');
      expect((await hler.api.refusalOf('verifySite', input)).code).toBe('SITE_DELETED');
      await settled('onoff.example.org', { https: 'REQUIRED' });
      expect((await hler.get('https', 'onoff.example.org')).status).toBe(200);
    });

    it('waits in line behind another operation, can be cancelled there, and done again', async () => {
      const id = await settled('line.example.org');
      const asked = await Promise.all(
        Array.from({ length: 6 }, () =>
          hler.api.mutate<{ operation: { id: string } }>('verifySite', { siteId: id }, 'operation { id }'),
        ),
      );
      const ids = asked.map(({ operation }) => operation.id).sort();
      const last = ids.at(-1)!;
      const cancelled = await hler.api
        .mutate('cancelOperation', { operationId: last })
        .catch((error: unknown) => error);
      const ended = await Promise.all(ids.map((operationId) => hler.api.ended(operationId)));
      expect(ended.slice(0, -1).map(({ state }) => state)).toEqual(Array(5).fill('SUCCEEDED'));
      expect(cancelled).toMatchObject({ operation: { id: last } });
      expect(ended.at(-1)).toMatchObject({ state: 'CANCELLED', failure: { code: 'OPERATION_CANCELLED' } });
      const { operation } = await hler.api.mutate('retryOperation', { operationId: last });
      expect(operation.id).not.toBe(last);
      expect((await hler.api.ended(operation.id)).state).toBe('SUCCEEDED');
      expect(await hler.api.refusalOf('cancelOperation', { operationId: last })).toMatchObject({
        code: 'OPERATION_ALREADY_ENDED',
      });
      expect(await hler.api.refusalOf('retryOperation', { operationId: operation.id })).toMatchObject({
        code: 'OPERATION_NOT_RETRYABLE',
      });
    });
  });

  describe('lists', () => {
    it('page forward and backward through all sites, and count them', async () => {
      const clientId = await createClient(hler.api, 'many');
      const mine = { ...ground, clientId };
      await Promise.all(
        Array.from({ length: 23 }, (_, index) => createSite(hler.api, mine, `site${index}.many.example.org`)),
      );
      type Page = {
        sites: {
          totalCount: number;
          nodes: { uri: string }[];
          edges: { cursor: string }[];
          pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
        };
      };
      const page = async (range: object): Promise<Page['sites']> =>
        (
          await hler.api.ask<Page>(
            `query ($c: ID, $first: Int, $last: Int, $after: String, $before: String) {
              sites(clientId: $c, first: $first, last: $last, after: $after, before: $before) {
                totalCount nodes { uri } edges { cursor }
                pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
            { c: clientId, ...range },
          )
        ).sites;

      const all = await page({ first: 100 });
      const uris = all.nodes.map(({ uri }) => uri);
      expect(all.totalCount).toBe(23);
      expect(new Set(uris).size).toBe(23);
      expect(await page({})).toMatchObject({ pageInfo: { hasNextPage: true, hasPreviousPage: false } });

      const forward: string[] = [];
      let next = await page({ first: 10 });
      forward.push(...next.nodes.map(({ uri }) => uri));
      while (next.pageInfo.hasNextPage) {
        next = await page({ first: 10, after: next.pageInfo.endCursor });
        forward.push(...next.nodes.map(({ uri }) => uri));
      }
      expect(forward).toEqual(uris);

      const backward: string[] = [];
      let previous = await page({ last: 10 });
      backward.unshift(...previous.nodes.map(({ uri }) => uri));
      while (previous.pageInfo.hasPreviousPage) {
        previous = await page({ last: 10, before: previous.pageInfo.startCursor });
        backward.unshift(...previous.nodes.map(({ uri }) => uri));
      }
      expect(backward).toEqual(uris);
    });

    it('find a site by its name, and operations by their subject', async () => {
      const id = await settled('found.example.org');
      const found = await hler.api.ask<{ sites: { nodes: { id: string }[] }; operations: { totalCount: number } }>(
        `query ($id: ID!) { sites(uri: "found.example.org") { nodes { id } } operations(subjectId: $id) { totalCount } }`,
        { id },
      );
      expect(found).toEqual({ sites: { nodes: [{ id }] }, operations: { totalCount: 1 } });
    });

    it('give each kind of object by its id alone', async () => {
      const siteId = await settled('node.example.org');
      const { operation } = await hler.api.mutate('issueCertificate', { siteId });
      await hler.api.ended(operation.id);
      const ids = {
        Server: ground.serverId,
        Client: ground.clientId,
        Platform: ground.platformId,
        Site: siteId,
        Certificate: operation.subjectId,
        Operation: operation.id,
      };
      for (const [type, id] of Object.entries(ids)) {
        expect(await hler.api.ask(`query ($id: ID!) { node(id: $id) { __typename id } }`, { id })).toEqual({
          node: { __typename: type, id },
        });
      }
    });
  });

  describe('the history of an operation', () => {
    it('is the same over SSE and WebSocket, live and replayed from any position', async () => {
      const siteId = await settled('events.example.org');
      const { operation } = await hler.api.mutate('setHttps', { siteId, https: 'ENABLED' });
      const [sse, ws] = await Promise.all([
        collect(hler.api.events(operation.id)),
        overWebSocket(hler, operation.id, 0),
      ]);
      expect(sse.map(({ position }) => position)).toEqual(sse.map((_, index) => index + 1));
      expect(sse.at(-1)).toMatchObject({ type: 'STATE', status: 'SUCCEEDED' });
      expect(ws).toEqual(sse);
      for (const after of [1, 4, sse.length - 1, sse.length]) {
        expect(await collect(hler.api.events(operation.id, after))).toEqual(sse.slice(after));
        expect(await overWebSocket(hler, operation.id, after)).toEqual(sse.slice(after));
      }
      const { operation: logged } = await hler.api.ask<{ operation: { log: { position: number }[] } }>(
        `query ($id: ID!) { operation(id: $id) { log { position } } }`,
        { id: operation.id },
      );
      expect(logged.log.map(({ position }) => position)).toEqual(
        sse.filter(({ type }) => type === 'LOG').map(({ position }) => position),
      );
    });
  });

  it('serves GraphiQL to a browser when it was asked for', async () => {
    const response = await fetch(hler.url, { headers: { accept: 'text/html' } });
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/graphiql/i);
  });

  it('keeps keys from everybody else, and no private key outside tls/', async () => {
    const keys = await readdir(hler.paths.keys);
    for (const name of keys) {
      expect((await stat(`${hler.paths.keys}/${name}`)).mode & 0o077).toBe(0);
    }
    const rows = await hler.sql<{ text: string }>(
      `SELECT CONCAT_WS(' ', chain_pem) AS text FROM certificates WHERE chain_pem LIKE '%PRIVATE%'`,
    );
    expect(rows).toEqual([]);
  });

  it('goes on serving the same after a stop and a new start', async () => {
    const id = await settled('again.example.org', { https: 'REQUIRED' });
    expect(await hler.end()).toBe(0);
    await hler.start();
    // The API may be ready a moment before nginx is.
    expect((await eventually(() => hler.get('https', 'again.example.org'))).status).toBe(200);
    const operation = await hler.api.done('verifySite', { siteId: id });
    expect(new Set(operation.tasks.map(({ state }) => state))).toEqual(new Set(['NOTHING_TO_DO']));
    await createPlatform(hler.api, 'second', ground.serverId, await hler.codeBase('second'));
  });
});

async function collect<T>(events: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const event of events) {
    all.push(event);
  }
  return all;
}

async function overWebSocket(hler: Hler, id: string, after: number): Promise<readonly Event[]> {
  const client = createWsClient({
    url: hler.url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${hler.token}` },
  });
  const events: Event[] = [];
  for await (const { data } of client.iterate<{ operationEvents: Event }>({
    query: EVENTS,
    variables: { id, after },
  })) {
    events.push(data!.operationEvents);
  }
  await client.dispose();
  return events;
}
