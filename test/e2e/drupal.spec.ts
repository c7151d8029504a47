import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FILE_SERVERS, type Echo } from '../support/drupal-server.js';
import { EXECUTED, makeDrupalTree, SECRET, type DrupalTree } from '../support/drupal-tree.js';
import { createClient, createSite, makeGround, platformInput, states, type Ground } from '../support/ground.js';
import { startHler, type Hler } from '../support/hler.js';
import { PrivateFpm } from '../support/private-fpm.js';

describe.each(FILE_SERVERS)('a Drupal site on %s', (consumer) => {
  let hler: Hler;
  let fpm: PrivateFpm;
  let ground: Ground;
  let root: string;

  beforeAll(async () => {
    fpm = await PrivateFpm.start('shared', 'own');
    hler = await startHler({ env: { HLER_HTTP_CONSUMER: consumer, HLER_PHP_SOCKET: fpm.socket('shared') } });
    ground = await makeGround(hler);
    root = await codeBase('drupal-10', {
      version: '10.3.7',
      layout: 'web',
      sites: ['d10.example.org', 'own.example.org'],
    });
    ground = { ...ground, platformId: (await hler.api.done('createPlatform', drupal('drupal-10'))).subjectId };
  });
  afterAll(async () => Promise.all([hler?.stop(), fpm?.remove()]));

  const codeBase = (name: string, tree: DrupalTree) => makeDrupalTree(join(hler.platforms, name), tree);
  const drupal = (name: string) => ({
    ...platformInput(name, ground.serverId, join(hler.platforms, name)),
    application: 'DRUPAL',
  });
  const front = async (uri: string, path = '/', scheme: 'http' | 'https' = 'http'): Promise<Echo> =>
    JSON.parse((await hler.get(scheme, uri, path)).body) as Echo;
  const askSite = async <T>(id: string, fields: string): Promise<T> => {
    const query = `query ($id: ID!) { site(id: $id) { ${fields} } }`;
    return (await hler.api.ask<{ site: T }>(query, { id })).site;
  };

  it('stands on a code base whose version was recognised', async () => {
    const query = `query ($id: ID!) { platform(id: $id) { application version docroot status server { phpSocket } } }`;
    const { platform } = await hler.api.ask<{ platform: object }>(query, { id: ground.platformId });
    expect(platform).toEqual({
      application: 'DRUPAL',
      version: '10.3.7',
      docroot: root,
      status: 'ENABLED',
      server: { phpSocket: fpm.socket('shared') },
    });
  });

  it.each([
    ['7.103', ''],
    ['8.9.20', ''],
    ['9.5.11', 'docroot'],
    ['11.2.0', 'web'],
  ] as const)('is served by Drupal %s with its docroot in "%s"', async (version, layout) => {
    const name = `drupal-${Number.parseInt(version, 10)}`;
    const uri = `${name}.example.org`;
    const docroot = await codeBase(name, { version, layout, sites: [uri] });
    const platformId = (await hler.api.done('createPlatform', drupal(name))).subjectId;
    const id = await createSite(hler.api, { ...ground, platformId }, uri);
    expect(await askSite(id, 'status httpStatus platform { version docroot }')).toEqual({
      status: 'ENABLED',
      httpStatus: 200,
      platform: { version, docroot },
    });
    expect((await front(uri)).server['SCRIPT_FILENAME']).toBe(`${docroot}/index.php`);
  });

  it('is served by PHP, with the name that chose it, and gives away nothing', async () => {
    const operation = await hler.api.done('createSite', { uri: 'd10.example.org', ...owner(), https: 'REQUIRED' });
    expect(states(operation)).toEqual([
      'platform.check NOTHING_TO_DO',
      'site.check NOTHING_TO_DO',
      'certificate.self-sign SUCCESS',
      'http.apply SUCCESS',
    ]);
    const { pool, server } = await front('d10.example.org', '/node/1?a=b', 'https');
    expect(pool).toBe('shared');
    expect(server).toMatchObject({
      MAIN_SITE_NAME: 'd10.example.org',
      db_passwd: '',
      REQUEST_URI: '/node/1?a=b',
      HTTP_HOST: `d10.example.org:${hler.ports.https}`,
      HTTPS: 'on',
    });
    const paths = ['/update.php', '/sites/d10.example.org/settings.php', '/sites/d10.example.org/private/secret.txt'];
    for (const path of [...paths, '/composer.json', '/sites/d10.example.org/files/evil.php']) {
      const { status, body } = await hler.get('https', 'd10.example.org', path);
      expect({ path, status }).toEqual({ path, status: 404 });
      expect(body).not.toMatch(new RegExp(`${SECRET}|${EXECUTED}`));
    }
    const environment = join(hler.paths.config, `${consumer}/environment.d/d10.example.org.conf`);
    expect((await stat(environment)).mode & 0o777).toBe(0o600);
  });

  it('changes to a pool of its own, and back', async () => {
    const phpSocket = fpm.socket('own');
    const siteId = await createSite(hler.api, ground, 'own.example.org', { phpSocket });
    expect((await front('own.example.org')).pool).toBe('own');
    expect(await askSite(siteId, 'phpSocket')).toEqual({ phpSocket });
    await hler.api.done('updateSite', { siteId, https: 'DISABLED' });
    expect((await front('own.example.org')).pool).toBe('own');
    await hler.api.done('updateSite', { siteId, phpSocket: null });
    expect((await front('own.example.org')).pool).toBe('shared');
    expect(await askSite(siteId, 'phpSocket')).toEqual({ phpSocket: null });
  });

  it('may have no other pool than the server keeps, and only an operator says which', async () => {
    const input = { uri: 'pool.example.org', ...owner() };
    const refused = async (phpSocket: string) => (await hler.api.refusalOf('createSite', { ...input, phpSocket })).code;
    expect(await refused('/run/docker.sock')).toBe('PHP_SOCKET_NOT_ALLOWED');
    expect(await refused(`${fpm.directory}/../x.sock`)).toBe('PATH_INVALID');
    const client = await hler.apiOf('acme');
    const refusal = await client.refusalOf('createSite', { ...input, phpSocket: fpm.socket('own') });
    expect(refusal).toMatchObject({ code: 'FORBIDDEN', details: { field: 'phpSocket' } });
    const other = await createClient(hler.api, 'other');
    expect((await client.refusalOf('createSite', { ...input, clientId: other })).code).toBe('CLIENT_NOT_FOUND');
  });

  it('fails by name where its directory, its pool or its code base is missing, and is served once it is there', async () => {
    const failure = async (mutation: string, input: object) => (await hler.api.work(mutation, input)).failure;
    const input = { uri: 'late.example.org', ...owner() };
    const first = await hler.api.work('createSite', input);
    expect(first.failure).toMatchObject({ code: 'SITE_DIRECTORY_MISSING', task: 'site.check' });
    await mkdir(join(root, 'sites/late.example.org'));
    const siteId = first.subjectId;
    const phpSocket = fpm.socket('gone');
    expect(await failure('updateSite', { siteId, phpSocket })).toMatchObject({ code: 'PHP_SOCKET_MISSING' });
    await hler.api.done('updateSite', { siteId, phpSocket: null });
    expect((await front('late.example.org')).server['MAIN_SITE_NAME']).toBe('late.example.org');
    await hler.codeBase('no-drupal');
    expect(await failure('createPlatform', drupal('no-drupal'))).toMatchObject({ code: 'PLATFORM_NOT_RECOGNISED' });
  });

  it('is disabled although its directory is lost, and takes its environment along when it goes', async () => {
    await mkdir(join(root, 'sites/end.example.org'));
    const siteId = await createSite(hler.api, ground, 'end.example.org');
    await rm(join(root, 'sites/end.example.org'), { recursive: true });
    await hler.api.done('disableSite', { siteId });
    expect((await hler.get('http', 'end.example.org')).status).toBe(503);
    await hler.api.done('deleteSite', { siteId });
    const environment = join(hler.paths.config, `${consumer}/environment.d/end.example.org.conf`);
    await expect(stat(environment)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  const owner = () => ({ clientId: ground.clientId, platformId: ground.platformId });
});
