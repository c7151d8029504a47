import { readFile, rm, stat, symlink } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DrupalApplication } from '../../src/consumers/index.js';
import { inParallel } from '../../workers/http/verify.js';
import { DrupalServer, echo, FILE_SERVERS, rootOf } from '../support/drupal-server.js';
import { DRUPAL_DIALECTS } from '../support/drupal-dialects.js';
import { name, succeeded } from '../support/private-http-server.js';

describe.each(FILE_SERVERS)('a Drupal site on %s', (consumer) => {
  let drupal: DrupalServer;
  beforeAll(async () => {
    drupal = await DrupalServer.make(consumer);
  });
  afterAll(async () => drupal?.remove());

  it('is run by its own pool with its own environment, next to another of the same code', async () => {
    await drupal.serve(await drupal.site('a.shared.test', 10));
    await drupal.serve(await drupal.site('b.shared.test', 10, { phpSocket: drupal.fpm.socket('two') }));
    const [a, b] = await Promise.all(
      ['a', 'b'].map(async (site) => echo(await drupal.get(`${site}.shared.test`, '/'))),
    );
    expect([a?.pool, b?.pool]).toEqual(['one', 'two']);
    expect([a?.server['db_passwd'], b?.server['db_passwd']]).toEqual([
      "the password of a.shared.test; {#'%}",
      "the password of b.shared.test; {#'%}",
    ]);
    // Also when both are asked a lot at once.
    const mixed = Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? 'a' : 'b'));
    const pools = await inParallel(mixed, async (letter) => {
      const { pool, server } = echo(await drupal.get(`${letter}.shared.test`, '/'));
      return `${letter} ${pool} ${server['MAIN_SITE_NAME']}`;
    });
    expect(new Set(pools)).toEqual(new Set(['a one a.shared.test', 'b two b.shared.test']));
    const foreign = await drupal.get('a.shared.test', '/sites/b.shared.test/files/evil.png');
    expect(echo(foreign).server['MAIN_SITE_NAME']).toBe('a.shared.test');
  });

  it('lets no header of a client pass for what the web server says', async () => {
    await drupal.serve(await drupal.site('headers.test', 10));
    const headers = { proxy: 'http://evil.test', 'x-forwarded-host': 'evil.test', db_name: 'evil', https: 'on' };
    const { server } = echo(await drupal.get('headers.test', '/', { headers }));
    expect(server).toMatchObject({ db_name: '', HTTP_HOST: 'headers.test' });
    // Newer PHP leaves an empty one out.
    expect(server['HTTP_PROXY'] ?? '').toBe('');
    expect(server).not.toHaveProperty('HTTPS');
    // RFC 9112 §3.2.2: the absolute target counts, and not the header.
    const absolute = await drupal.get('evil.test:99', 'http://headers.test/x');
    expect(echo(absolute).server).toMatchObject({
      HTTP_HOST: `headers.test${DRUPAL_DIALECTS[consumer].portOfAbsoluteTarget}`,
      SERVER_NAME: 'headers.test',
    });
  });

  it('passes on what is posted, long headers included, and does not say what runs it', async () => {
    await drupal.serve(await drupal.site('post.test', 11));
    const tags = Math.floor(DRUPAL_DIALECTS[consumer].longestHeader / 'node:1 '.length);
    const answer = await drupal.get('post.test', `/user?tags=${tags}`, { method: 'POST', body: 'x'.repeat(2_000_000) });
    expect(echo(answer).post).toHaveLength(2_000_000);
    expect(answer.headers['x-drupal-cache-tags']).toHaveLength(tags * 'node:1 '.length - 1);
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers).not.toHaveProperty('x-powered-by');
  });

  it('keeps its environment where only the master of the web server reads it, also from the undo', async () => {
    const site = await drupal.site('secret.test', 9);
    await drupal.serve(site);
    const path = `${drupal.web.target.directory}/environment.d/secret.test.conf`;
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const application = site.application as DrupalApplication;
    const changed = { ...application, environment: [{ name: 'db_passwd', value: 'new' }] } as const;
    const result = await drupal.serve({ ...site, application: changed });
    expect(JSON.stringify(result)).not.toContain('the password of');
    expect(echo(await drupal.get('secret.test', '/')).server['db_passwd']).toBe('new');
    expect((await drupal.web.liveFiles()).join()).not.toContain('password');
    expect(await readFile(`${drupal.web.target.directory}/vhost.d/secret.test.conf`, 'utf8')).not.toContain('new');
  });

  it('costs nobody else anything when its environment is lost, and has it back when it is verified', async () => {
    const site = await drupal.site('lost.test', 8);
    await drupal.serve(site);
    await rm(`${drupal.web.target.directory}/environment.d/lost.test.conf`);
    await drupal.serve(await drupal.web.site('bystander.test'));
    expect(echo(await drupal.get('lost.test', '/')).server).not.toHaveProperty('db_passwd');
    expect(await drupal.serve(site)).toMatchObject({ status: 'SUCCESS' });
    expect(echo(await drupal.get('lost.test', '/')).server['db_passwd']).toContain('password');
  });

  it('warns when nothing listens on its socket', async () => {
    const result = await drupal.serve(await drupal.site('dead.test', 11, { phpSocket: drupal.fpm.socket('nobody') }));
    expect(result.warnings).toMatchObject([
      { code: 'SITE_ANSWERS_ERROR', details: { status: DRUPAL_DIALECTS[consumer].withoutPhp } },
    ]);
  });

  it('costs nobody else anything while its pool is down, and is back as soon as that is', async () => {
    const phpSocket = drupal.fpm.socket('restarting');
    await drupal.serve(await drupal.site('alive.test', 11));
    await drupal.serve(await drupal.site('down.test', 11, { phpSocket }));
    const statuses = async (host: string) => {
      const answers = await Promise.all(Array.from({ length: 40 }, () => drupal.get(host, '/')));
      return [...new Set(answers.map(({ status }) => status))];
    };
    expect(await statuses('down.test')).toEqual([DRUPAL_DIALECTS[consumer].withoutPhp]);
    expect(await statuses('alive.test')).toEqual([200]);
    await symlink(drupal.fpm.socket('two'), phpSocket);
    expect(await statuses('down.test')).toEqual([200]);
  });

  it('tells PHP of HTTPS, sends there what must go there, and answers challenges first', async () => {
    const certificate = await drupal.web.certificate('tls.test');
    const site = await drupal.site('tls.test', 10);
    const names = [name('tls.test', { certificate }), name('old.tls.test', { redirectTo: 'tls.test' })];
    await drupal.serve({ ...site, https: 'REQUIRED', names });
    const { server } = echo(await drupal.get('tls.test:8443', '/node', { scheme: 'https' }));
    const { httpsPort } = drupal.web.server;
    expect(server).toMatchObject({ HTTPS: 'on', REQUEST_SCHEME: 'https', SERVER_PORT: String(httpsPort) });
    expect(server['HTTP_HOST']).toBe('tls.test:8443');
    for (const host of ['tls.test', 'old.tls.test']) {
      const { status, headers } = await drupal.get(host, '/update.php?a=b');
      expect([status, headers.location]).toEqual([301, `https://tls.test:${httpsPort}/update.php?a=b`]);
      expect((await drupal.get(host, '/.well-known/acme-challenge/token')).status).toBe(200);
    }
    for (const path of ['/a/b', '/x.json', '/.git', '/x.php']) {
      const answer = await drupal.get('tls.test', `/.well-known/acme-challenge${path}`, { scheme: 'https' });
      expect([400, 404]).toContain(answer.status);
    }
  });

  it('answers 503 when it is disabled, and everything again when it is not', async () => {
    const site = await drupal.site('off.test', 7);
    await drupal.serve({ ...site, state: 'DISABLED' });
    for (const path of ['/', '/index.php', '/sites/off.test/files/evil.png', '/robots.txt']) {
      const answer = await drupal.get('off.test', path);
      expect([answer.status, answer.headers['retry-after']]).toEqual([503, '3600']);
    }
    await drupal.serve(site);
    expect((await drupal.get('off.test', '/')).status).toBe(200);
  });

  it('leaves no file behind when it is removed, or becomes a static one', async () => {
    const site = await drupal.site('gone.test', 10);
    await drupal.serve(site);
    await drupal.serve({ ...site, application: { type: 'STATIC', root: rootOf(site) } });
    expect(await drupal.web.liveFiles('environment.d')).not.toContain('gone.test.conf');
    await drupal.serve(site);
    const removal = { type: 'REMOVE_SITE', siteId: site.siteId, uri: site.uri, names: [site.uri] } as const;
    const [removed] = await drupal.web.apply([removal]);
    expect(succeeded(removed).undo).toEqual({ files: [expect.objectContaining({ path: 'vhost.d/gone.test.conf' })] });
    expect([...(await drupal.web.liveFiles()), ...(await drupal.web.liveFiles('environment.d'))].join()).not.toContain(
      'gone',
    );
  });
});
