import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Echo } from '../support/drupal-server.js';
import { makeDrupalTree } from '../support/drupal-tree.js';
import { eventually } from '../support/eventually.js';
import { createSite, makeGround, platformInput, siteView, states, type Ground } from '../support/ground.js';
import { startHler, type Hler } from '../support/hler.js';
import { freePorts } from '../support/free-ports.js';
import { startPebble } from '../support/pebble.js';
import { PrivateFpm } from '../support/private-fpm.js';
import { providePound } from '../support/provide-pound.js';
import { send } from '../support/request.js';

describe('nginx behind Pound', () => {
  let hler: Hler;
  let fpm: PrivateFpm;
  let ground: Ground;
  let backendPort: number;

  beforeAll(async () => {
    await providePound();
    [backendPort = 0] = await freePorts(1);
    fpm = await PrivateFpm.start('shared');
    hler = await startHler({
      env: {
        HLER_TLS_CONSUMER: 'pound',
        HLER_BACKEND_PORT: String(backendPort),
        HLER_PHP_SOCKET: fpm.socket('shared'),
      },
    });
    ground = await makeGround(hler);
  });
  afterAll(async () => Promise.all([hler?.stop(), fpm?.remove()]));

  const pound = async (): Promise<number> => Number(await readFile(join(hler.paths.run, 'pound.pid'), 'utf8'));

  it('serves a site through the front, verified end to end', async () => {
    const id = await createSite(hler.api, ground, 'front.example.org', {
      https: 'REQUIRED',
      aliases: [{ name: 'old.example.org', redirect: true }, { name: 'also.example.org' }],
    });
    expect(await siteView(hler.api, id)).toMatchObject({
      status: 'ENABLED',
      httpStatus: 200,
      servedCertificate: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const answer = await hler.get('https', 'front.example.org');
    expect(answer).toMatchObject({ status: 200, body: 'front page of hello\n' });
    expect(answer.names).toContain('front.example.org');
    expect(await hler.get('https', 'also.example.org', '/about.html')).toMatchObject({ status: 200 });
  });

  it('redirects in one hop, path and query as they were sent', async () => {
    const https = `https://front.example.org:${hler.ports.https}`;
    for (const path of ['/a/b?c=d', '/a%2Fb%20c?x=%26y&z=a%20b']) {
      expect(await hler.get('http', 'front.example.org', path)).toMatchObject({
        status: 301,
        location: `${https}${path}`,
      });
      expect(await hler.get('http', 'old.example.org', path)).toMatchObject({
        status: 301,
        location: `${https}${path}`,
      });
      expect(await hler.get('https', 'old.example.org', path)).toMatchObject({
        status: 301,
        location: `${https}${path}`,
      });
    }
  });

  it('shows strangers nobody’s certificate, and a bare 404', async () => {
    expect((await hler.get('http', 'nobody.example.org')).status).toBe(404);
    const stranger = await hler.get('https', 'nobody.example.org');
    expect([stranger.status, stranger.names]).toEqual([404, ['hler.invalid']]);
  });

  it('lets the web server answer nobody but the front', async () => {
    await expect(fetch(`http://127.0.0.1:${hler.ports.http}/`)).resolves.toMatchObject({ status: 404 });
    const file = await readFile(join(hler.paths.config, 'nginx/default.conf'), 'utf8');
    expect(file.match(/listen .*/g)).toEqual([`listen 127.0.0.1:${backendPort} default_server;`]);
  });

  it('verifies an unchanged server without a restart of the front', async () => {
    const before = await pound();
    const operation = await hler.api.done('verifyServer', { serverId: ground.serverId });
    expect(states(operation)).toEqual([
      'server.check NOTHING_TO_DO',
      'http.apply NOTHING_TO_DO',
      'http.apply NOTHING_TO_DO',
      'server.check NOTHING_TO_DO',
      'http.apply NOTHING_TO_DO',
      'http.apply NOTHING_TO_DO',
    ]);
    expect(await pound()).toBe(before);
  });

  it('tells PHP that the client came over HTTPS, and who it is', async () => {
    await makeDrupalTree(join(hler.platforms, 'drupal'), { version: '10.3.7', sites: ['d10.example.org'] });
    const platform = platformInput('drupal', ground.serverId, join(hler.platforms, 'drupal'));
    const platformId = (await hler.api.done('createPlatform', { ...platform, application: 'DRUPAL' })).subjectId;
    await createSite(hler.api, { ...ground, platformId }, 'd10.example.org', { https: 'ENABLED' });
    const seen = async (scheme: 'http' | 'https') =>
      (JSON.parse((await hler.get(scheme, 'd10.example.org', '/node/1?a=b')).body) as Echo).server;
    const host = `d10.example.org:${hler.ports.https}`;
    const client = { REMOTE_ADDR: '127.0.0.1', REQUEST_URI: '/node/1?a=b' };
    expect(await seen('https')).toMatchObject({ ...client, HTTPS: 'on', HTTP_HOST: host });
    const plain = await seen('http');
    expect(plain).toMatchObject({ ...client, HTTP_HOST: `d10.example.org:${hler.ports.http}` });
    expect(plain['HTTPS'] || 'off').toBe('off');
  });

  it('lets a CA through to what answers its challenges, ahead of every redirect', async () => {
    const pebble = await startPebble({ httpPort: hler.ports.http });
    try {
      const acme = {
        directoryUrl: pebble.ca.directoryUrl,
        caBundle: pebble.ca.caBundlePem,
        termsOfServiceAgreed: true,
        preflight: { resolvers: [pebble.dns.server], httpPort: hler.ports.http },
      };
      const input = { name: 'pebble', acme };
      const made = await hler.api.mutate<{ provider: { id: string } }>(
        'createCertificateProvider',
        input,
        'provider { id }',
      );
      const siteId = await createSite(hler.api, ground, 'issued.example.test', {
        https: 'REQUIRED',
        aliases: [{ name: 'www.issued.example.test', redirect: true }],
      });
      await hler.api.done('issueCertificate', { siteId, provider: made.provider.id });
      for (const host of ['issued.example.test', 'www.issued.example.test']) {
        expect((await hler.get('https', host)).certificate?.issuer).toContain('Pebble');
      }
    } finally {
      await pebble.stop();
    }
  });

  it('keeps a promise of HSTS, over HTTPS alone', async () => {
    const siteId = await createSite(hler.api, ground, 'strict.example.org', { https: 'REQUIRED', hstsMaxAge: 3600 });
    const said = async (scheme: 'http' | 'https') => {
      const port = hler.ports[scheme];
      const { headers } = await send({ port, scheme, host: 'strict.example.org', path: '/' });
      return headers['strict-transport-security'];
    };
    expect([await said('https'), await said('http')]).toEqual(['max-age=3600', undefined]);
    await hler.api.done('updateSite', { siteId, hstsMaxAge: 0 });
    expect(await said('https')).toBe('max-age=0');
  });

  it('shows the successor of a certificate that was renewed', async () => {
    const siteId = await createSite(hler.api, ground, 'renewed.example.org', { https: 'ENABLED' });
    const shown = async () => (await hler.get('https', 'renewed.example.org')).certificate?.fingerprint256;
    const before = await shown();
    const certificateId = (await siteView(hler.api, siteId)).certificate?.id;
    await hler.api.done('renewCertificate', { certificateId, force: true });
    expect(await shown()).not.toBe(before);
    expect((await hler.get('https', 'front.example.org')).status).toBe(200);
  });

  it('shows the page of a disabled site, and serves it again', async () => {
    const siteId = await createSite(hler.api, ground, 'off.example.org', { https: 'ENABLED' });
    await hler.api.done('disableSite', { siteId });
    for (const scheme of ['http', 'https'] as const) {
      const answer = await hler.get(scheme, 'off.example.org', '/about.html');
      expect([answer.status, answer.body.includes('This site is unavailable')]).toEqual([503, true]);
    }
    await hler.api.done('enableSite', { siteId });
    expect((await hler.get('https', 'off.example.org', '/about.html')).status).toBe(200);
    await hler.api.done('deleteSite', { siteId });
    expect((await hler.get('http', 'off.example.org')).status).toBe(404);
  });

  it('says that there is a front', async () => {
    const { server } = await hler.api.ask<{ server: { http: unknown } }>(
      'query ($id: ID!) { server(id: $id) { http { consumer httpsPort front { consumer backendPort } } } }',
      { id: ground.serverId },
    );
    expect(server.http).toEqual({
      consumer: 'nginx',
      httpsPort: hler.ports.https,
      front: { consumer: 'pound', backendPort },
    });
  });

  it('takes the web server back when the front refuses, and serves what it served', async () => {
    const mine = join(hler.paths.config, 'pound/pre.d/mine.conf');
    await writeFile(mine, 'nonsense on\n');
    const { clientId, platformId } = ground;
    const operation = await hler.api.work('createSite', { uri: 'refused.example.org', clientId, platformId });
    await rm(mine);
    expect(operation).toMatchObject({ state: 'FAILED', failure: { code: 'HTTP_CONFIG_INVALID', task: 'http.apply' } });
    await expect(stat(hler.vhostFile('refused.example.org'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect((await hler.get('https', 'front.example.org')).status).toBe(200);
  });

  it('runs once, also when its pid file is lost', async () => {
    const before = await pound();
    await rm(join(hler.paths.run, 'pound.pid'));
    await createSite(hler.api, ground, 'no-pid.example.org');
    expect((await hler.get('http', 'no-pid.example.org')).status).toBe(200);
    // Two looks of the keeper.
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    expect(hler.output).not.toContain('pound does not start');
    expect(await pound()).not.toBe(before);
  });

  it('is started again when it was killed, and found by the next Hlér', async () => {
    const killed = await pound();
    process.kill(killed, 'SIGKILL');
    await eventually(async () => expect((await hler.get('https', 'front.example.org')).status).toBe(200), 20_000);
    const alive = await pound();
    await hler.restart();
    expect(await pound()).toBe(alive);
    await createSite(hler.api, ground, 'later.example.org');
    expect((await hler.get('http', 'later.example.org')).status).toBe(200);
    expect((await hler.get('https', 'front.example.org')).status).toBe(200);
  });
});
