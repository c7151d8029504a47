import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient, Failure } from '../support/api-client.js';
import { createClient, createPlatform, createSite, makeGround, states, type Ground } from '../support/ground.js';
import { startHler, type Hler } from '../support/hler.js';

interface Looked {
  readonly state: string;
  readonly changed: boolean;
  readonly dryRun: boolean;
  readonly tasks: readonly { readonly name: string; readonly state: string }[];
  readonly warnings: readonly Failure[];
  readonly drift: {
    readonly files: readonly {
      readonly path: string;
      readonly problems: readonly string[];
      readonly diff: string | null;
    }[];
    readonly answers: readonly { readonly url: string; readonly problem: string }[];
    readonly commands: readonly (readonly string[])[];
    readonly omittedFiles: number;
  } | null;
}

const NOTHING = { files: [], answers: [], commands: [], omittedFiles: 0 };

let hler: Hler;
let ground: Ground;
let siteId: string;
let other: ApiClient;

beforeAll(async () => {
  hler = await startHler();
  ground = await makeGround(hler);
  siteId = await createSite(hler.api, ground, 'a.test', { https: 'ENABLED' });
  const clientId = await createClient(hler.api, 'other');
  await createSite(hler.api, { clientId, platformId: ground.platformId }, 'b.test');
  other = await hler.apiOf('other');
}, 120_000);
afterAll(() => hler?.stop());

const QUERY = `query ($id: ID!) { operation(id: $id) { state changed dryRun tasks { name state } warnings { code summary }
  drift { files { path problems diff } answers { url problem } commands omittedFiles } } }`;

async function look(mutation: 'verifySite' | 'verifyServer', input: object, api = hler.api): Promise<Looked> {
  const { operation } = await api.mutate(mutation, { ...input, dryRun: true });
  await api.ended(operation.id);
  return (await api.ask<{ operation: Looked }>(QUERY, { id: operation.id })).operation;
}

const config = (path: string): string => `${hler.paths.config}/nginx/${path}`;
const rows = async (): Promise<unknown> =>
  [await hler.sql('SELECT * FROM sites'), await hler.sql('SELECT * FROM servers')].map((each) =>
    JSON.stringify(each, (key, value: unknown) => (key === 'last_seen_at' ? undefined : value)),
  );

describe('a dry run', () => {
  it('of an agreeing site finds nothing, runs the tasks of the real one, and writes nothing anywhere', async () => {
    const [times, fields] = [await hler.fileTimes(), await rows()];
    const looked = await look('verifySite', { siteId }, await hler.apiOf('acme'));
    expect(looked).toMatchObject({ state: 'SUCCEEDED', dryRun: true, changed: false, drift: NOTHING });
    expect(states(looked)).toEqual([
      'platform.check NOTHING_TO_DO',
      'certificate.check NOTHING_TO_DO',
      'http.apply NOTHING_TO_DO',
    ]);
    expect(await look('verifyServer', { serverId: ground.serverId })).toMatchObject({
      state: 'SUCCEEDED',
      drift: NOTHING,
    });
    expect(await hler.fileTimes()).toEqual(times);
    expect(await rows()).toEqual(fields);
  });

  it('names what differs of a site, its key included, and what verifySite then repairs', async () => {
    const vhost = await readFile(config('vhost.d/a.test.conf'), 'utf8');
    await writeFile(config('vhost.d/a.test.conf'), vhost.replace('hello', 'elsewhere'));
    const [spki = ''] = /tls\/([0-9a-f]{64})\//.exec(vhost)?.slice(1) ?? [];
    await chmod(`${hler.paths.tls}/${spki}/live/privkey.pem`, 0o444);
    const workers = await hler.nginxWorkers();

    const looked = await look('verifySite', { siteId });
    expect(looked.drift).toMatchObject({
      files: [
        { path: `tls/${spki}/gen-1/privkey.pem`, problems: ['MODE'], diff: null },
        {
          path: 'vhost.d/a.test.conf',
          problems: ['CHANGED'],
          diff: expect.stringMatching(/^-.*elsewhere.*\n\+.*hello/m),
        },
      ],
      answers: [],
      commands: [expect.arrayContaining(['nginx', '-t']), ['kill', '-s', 'HUP', expect.any(String)]],
    });
    expect(await hler.nginxWorkers()).toEqual(workers);

    await hler.api.done('verifySite', { siteId });
    expect(await readFile(config('vhost.d/a.test.conf'), 'utf8')).toBe(vhost);
    expect((await look('verifySite', { siteId })).drift).toEqual(NOTHING);
  });

  it('of a server finds what belongs to nobody, and what is of the server itself; the administrator’s is not looked at', async () => {
    await writeFile(config('vhost.d/stranger.conf'), '# nobody knows\n');
    await writeFile(config('pre.d/mine.conf'), "# the administrator's\n");
    await rm(config('mime.conf'));
    await rm(config('vhost.d/b.test.conf'));
    const { drift } = await look('verifyServer', { serverId: ground.serverId });
    expect(drift?.files.map(({ path, problems }) => `${path} ${problems.join()}`)).toEqual([
      'mime.conf MISSING',
      'vhost.d/stranger.conf EXTRA',
      'vhost.d/b.test.conf MISSING',
    ]);
    // Neither is a part of the other's site.
    expect((await look('verifySite', { siteId })).drift).toEqual(NOTHING);
    await hler.api.done('verifyServer', { serverId: ground.serverId });
    expect((await look('verifyServer', { serverId: ground.serverId })).drift).toEqual(NOTHING);
    expect(await readFile(config('pre.d/mine.conf'), 'utf8')).toBe("# the administrator's\n");
  });

  it('reports although the code base is gone, and says that it is', async () => {
    const path = await hler.codeBase('gone');
    const platformId = await createPlatform(hler.api, 'gone', ground.serverId, path);
    const gone = await createSite(hler.api, { ...ground, platformId }, 'gone.test');
    await rm(path, { recursive: true });
    await writeFile(config('vhost.d/gone.test.conf'), '# edited\n');
    const looked = await look('verifySite', { siteId: gone });
    expect(looked).toMatchObject({
      state: 'SUCCEEDED_WITH_WARNINGS',
      warnings: [{ code: 'PLATFORM_MISSING' }],
      drift: { files: [{ path: 'vhost.d/gone.test.conf', problems: ['CHANGED'] }] },
    });
  });

  it('is its own tenant’s: another cannot ask for one, nor see what it found', async () => {
    const { operation } = await hler.api.mutate('verifySite', { siteId, dryRun: true });
    await hler.api.ended(operation.id);
    expect(await other.ask(QUERY, { id: operation.id })).toEqual({ operation: null });
    expect(await other.refusalOf('verifySite', { siteId, dryRun: true })).toMatchObject({ code: 'SITE_NOT_FOUND' });
    expect(await other.refusalOf('verifyServer', { serverId: ground.serverId, dryRun: true })).toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  it('holds nobody up who only looks as well', async () => {
    const { operation } = await hler.api.mutate('verifySite', { siteId, dryRun: true });
    const [row] = await hler.sql<{ locks: string; writes: string }>(
      'SELECT locks, writes FROM operations WHERE id = ?',
      [operation.id],
    );
    expect(JSON.parse(row!.locks)).toEqual([
      { subject: `site:${siteId}`, mode: 'SHARED' },
      { subject: `server:${ground.serverId}`, mode: 'SHARED' },
    ]);
    await hler.api.ended(operation.id);
    const [ended] = await hler.sql<{ writes: string }>('SELECT writes FROM operations WHERE id = ?', [operation.id]);
    expect(JSON.parse(ended!.writes)).toEqual([]);
  });

  it('is null for an operation that does things', async () => {
    const { id } = await hler.api.done('verifySite', { siteId });
    expect((await hler.api.ask<{ operation: Looked }>(QUERY, { id })).operation).toMatchObject({
      dryRun: false,
      drift: null,
    });
  });
});

describe('the health of a server', () => {
  it('is what its last verification looked at, and the operator’s to see', async () => {
    const query =
      'query ($id: ID!) { server(id: $id) { health { name status message remedy } http { system { mainFile } } } }';
    const { server } = await hler.api.ask<{ server: { health: readonly { name: string; status: string }[] } }>(query, {
      id: ground.serverId,
    });
    expect(server).toMatchObject({ http: { system: null } });
    expect(server.health.map(({ name }) => name)).toEqual([
      'directories',
      'disk',
      'inodes',
      'clock',
      'program',
      'ports',
      'tls-groups',
      'account',
    ]);
    expect(await other.refusal(query, { id: ground.serverId })).toMatchObject({ code: 'FORBIDDEN' });
  });
});
