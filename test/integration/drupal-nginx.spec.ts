import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DrupalApplication, DrupalMajor, VhostSpec } from '../../src/consumers/index.js';
import { inParallel } from '../../workers/http/verify.js';
import { EXECUTED, makeDrupalTree, SECRET, type DrupalTree } from '../support/drupal-tree.js';
import { PrivateFpm } from '../support/private-fpm.js';
import { name, PrivateHttpServer, succeeded } from '../support/private-http-server.js';
import { send, type Request, type Response } from '../support/request.js';

const CODE_BASES: { readonly [major in DrupalMajor]: DrupalTree } = {
  7: { version: '7.103' },
  8: { version: '8.9.20' },
  9: { version: '9.5.11', layout: 'docroot' },
  10: { version: '10.3.7', layout: 'web' },
  11: { version: '11.2.0', layout: 'web' },
};
const MAJORS = [7, 8, 9, 10, 11] as const;

let nginx: PrivateHttpServer;
let fpm: PrivateFpm;

beforeAll(async () => {
  [nginx, fpm] = await Promise.all([PrivateHttpServer.make('nginx'), PrivateFpm.start('one', 'two')]);
  await nginx.apply([{ type: 'SERVER' }]);
});
afterAll(async () => Promise.all([nginx?.remove(), fpm?.remove()]));

async function drupal(uri: string, major: DrupalMajor, changes: Partial<DrupalApplication> = {}): Promise<VhostSpec> {
  const root = await makeDrupalTree(`${nginx.root}/drupal-${major}`, { ...CODE_BASES[major], sites: [uri] });
  return nginx.site(uri, {
    application: {
      type: 'DRUPAL',
      root,
      siteDirectory: `sites/${uri}`,
      version: major,
      phpSocket: fpm.socket('one'),
      environment: [
        { name: 'MAIN_SITE_NAME', value: uri },
        { name: 'db_name', value: '' },
        { name: 'db_passwd', value: `the password of ${uri}; {#'%}` },
      ],
      ...changes,
    },
  });
}

async function serve(site: VhostSpec) {
  const [result] = await nginx.apply([{ type: 'SITE', site }]);
  return succeeded(result);
}

const get = (host: string, path: string, more: Partial<Request> = {}): Promise<Response> =>
  send({ port: nginx.server[more.scheme === 'https' ? 'httpsPort' : 'httpPort'], host, path, ...more });

interface Echo {
  readonly pool: string;
  readonly post: string;
  readonly server: Readonly<Record<string, string>>;
}
const echo = ({ body }: Response): Echo => JSON.parse(body) as Echo;

describe.each(MAJORS)('a site of Drupal %i', (major) => {
  const uri = `d${major}.test`;
  const files = `/sites/${uri}/files`;
  let root: string;

  beforeAll(async () => {
    const site = await drupal(uri, major);
    ({ root } = site.application as DrupalApplication);
    await serve(site);
  });

  it('answers every path from its front controller, which is told the truth', async () => {
    for (const path of [
      '/',
      '/node/1',
      '/user/login',
      '/a/b.c/d',
      '/sites',
      '/sites/berlin',
      '/tag',
      '/core/',
      '/x.gz',
    ]) {
      const answer = await get(`${uri}:1234`, `${path}?q=x&a[]=1`);
      expect(answer.status).toBe(200);
      expect(echo(answer).server).toMatchObject({
        REQUEST_URI: `${path}?q=x&a[]=1`,
        QUERY_STRING: 'q=x&a[]=1',
        SCRIPT_NAME: '/index.php',
        SCRIPT_FILENAME: `${root}/index.php`,
        DOCUMENT_ROOT: root,
        HTTP_HOST: `${uri}:1234`,
        SERVER_NAME: uri,
        SERVER_PORT: String(nginx.server.httpPort),
        REMOTE_ADDR: '127.0.0.1',
        REQUEST_SCHEME: 'http',
        MAIN_SITE_NAME: uri,
        db_name: '',
        db_passwd: `the password of ${uri}; {#'%}`,
      });
      expect(echo(answer).server).not.toHaveProperty('HTTPS');
      expect(echo(answer).server).not.toHaveProperty('PATH_INFO');
    }
  });

  it('serves files of the code base and its own, and keeps them long', async () => {
    const core = major === 7 ? '' : '/core';
    const expected = [
      [`${core}/misc/drupal.js`, 'script of the core', 1_209_600],
      ['/sites/all/themes/x.css', 'style of all', 1_209_600],
      [`/sites/${uri}/themes/own.css`, 'style of the site', 1_209_600],
      [`${files}/a%20picture%3F.png`, 'a picture', 1_209_600],
      [`/files/a%20picture%3F.png`, 'a picture', 1_209_600],
      [`${files}/styles/thumb/public/made.png`, 'made', 31_536_000],
      [`/files/css/css_made.css`, 'made', 31_536_000],
      ['/.well-known/security.txt', 'Contact: us', 1_209_600],
    ] as const;
    for (const [path, body, seconds] of expected) {
      const answer = await get(uri, path);
      expect({ path, status: answer.status, body: answer.body }).toEqual({ path, status: 200, body });
      expect(answer.headers).toMatchObject({
        'cache-control': `max-age=${seconds}`,
        'x-content-type-options': 'nosniff',
      });
    }
    expect((await get(uri, '/robots.txt')).body).toBe(`robots of ${uri}`);
    expect((await get(uri, '/favicon.ico')).body).toBe('icon of the code base');
  });

  it('lets Drupal make image styles and aggregates that are not there, and find what is missing', async () => {
    const paths = [`${files}/styles/a/public/b.png`, '/files/styles/a/public/b.png', `${files}/css/x.css`, '/x.png'];
    for (const path of paths) {
      const answer = await get(uri, `${path}?itok=1`);
      expect(answer.headers['cache-control']).toBeUndefined();
      expect(echo(answer).server).toMatchObject({ REQUEST_URI: `${path}?itok=1`, QUERY_STRING: 'itok=1' });
    }
  });

  it('runs nothing but its entry points, and publishes nothing of the code base', async () => {
    const answers = await inParallel(attacks(uri), async (path) => ({ path, answer: await get(uri, path) }));
    for (const { path, answer } of answers) {
      expect({ path, body: answer.body }).toEqual({ path, body: expect.not.stringContaining(SECRET) });
      expect({ path, body: answer.body }).toEqual({ path, body: expect.not.stringContaining(EXECUTED) });
    }
    // Refused, or Drupal's to answer.
    const statuses = new Set(answers.map(({ answer }) => answer.status));
    expect([400, 404, 200]).toEqual(expect.arrayContaining([...statuses]));
    const answered = answers.filter(({ answer }) => answer.status === 200);
    expect(new Set(answered.map(({ answer }) => echo(answer).server['SCRIPT_NAME']))).toEqual(new Set(['/index.php']));
    const [seven, later] = ['/modules/statistics/statistics.php', '/core/modules/statistics/statistics.php'];
    const counted = await Promise.all([seven, later].map(async (path) => (await get(uri, path)).body === 'counted'));
    expect(counted).toEqual([major === 7, major > 7 && major < 11]);
  });

  it('sends what is forbidden away before PHP sees it', async () => {
    const paths = [
      '/update.php',
      '/index.php/x',
      '/a.PHP',
      '/.env',
      '/vendor/x/x.js',
      `${files}/evil.php`,
      '/dump.sql',
    ];
    for (const path of [...paths, `/sites/${uri}/private/secret.txt`, `${files}/evil.php.txt`, '/composer.json']) {
      expect({ path, ...(await get(uri, path)) }).toMatchObject({ path, status: 404 });
    }
  });
});

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Every way that we know to ask for what is not to be had. */
function attacks(uri: string): readonly string[] {
  const site = `/sites/${uri}`;
  const sources = words('module inc install services.yml html.twig tpl.php orig');
  const hidden = words(`
    /.htaccess /.git/config /.env /web.config /CHANGELOG.txt /composer.json /composer.lock
    /dump.sql /dump.sql.gz /backup.zip /settings.php.bak /index.php~ /index.php.swp
    /vendor/autoload.php /vendor/x/x.js /.well-known/evil.php /files/evil.php /cron.php /install.php
    /update.php /authorize.php /xmlrpc.php /core/install.php /core/rebuild.php /core/authorize.php
    ${sources.map((end) => `/misc/x.${end} /core/misc/x.${end}`).join(' ')}
    /includes/bootstrap.inc /core/lib/Drupal.php /sites/default/settings.php /sites/other/settings.php
    /sites/other/files/secret.png /sites/other/private/secret.png ${site}/settings.php ${site}/notes
    ${site}/settings.php.old ${site}/services.yml ${site}/private/secret.txt ${site}/private/secret.png
    ${site}/files/.htaccess ${site}/files/evil.php ${site}/files/evil.php.txt ${site}/files/evil.phtml
    ${site}/files/backup_migrate/dump.gz ${site}/files/php/twig/x.js
    ${site}/files/config_aB1/sync/system.site.yml ${site}/files/config_aB1/secret.png`);
  return [
    ...hidden.flatMap((path) => [path, ...disguises(path)]),
    `${site}/files/../private/secret.png`,
    `${site}/files/%2e%2e/private/secret.png`,
    `${site}/files/..%2fprivate/secret.png`,
    `${site}/files/styles/..%2F..%2F..%2F..%2Fother/files/secret.png`,
    `/files/../../other/files/secret.png`,
    `/files/%2e%2e/%2e%2e/other/files/secret.png`,
    `/files/..%2f..%2fother%2ffiles%2fsecret.png`,
    '/%2e%2e/%2e%2e/etc/passwd',
    '/../../etc/passwd',
    '/..%5c..%5cetc/passwd',
    `${site}/files/evil.png/index.php`,
    `${site}/files/evil.png/x.php`,
    `${site}/files/evil.png%00.php`,
    '/index.php%00.png',
    `/sites/all/../other/files/secret.png`,
    `/sites/all/%2e%2e/other/files/secret.png`,
    `/sites/ALL/../other/files/secret.png`,
  ];
}

function disguises(path: string): readonly string[] {
  const encoded = path.replaceAll(/[^/]/g, (each) => `%${each.charCodeAt(0).toString(16)}`);
  return [
    encoded,
    path.toUpperCase(),
    `/${path}`,
    path.replaceAll('/', '//'),
    path.replaceAll('/', '/./'),
    `${path}/`,
    `${path}/x.png`,
    `${path}/index.php`,
    `${path}%20`,
    `${path}%0a`,
    `${path}.`,
    `${path};.png`,
    `${path}%3f.png`,
    `${path}%23.css`,
    `${path}?x.png`,
    `/index.php/..${path}`,
    `/x.png/..${path}`,
  ];
}

describe('a Drupal site on nginx', () => {
  it('is run by its own pool with its own environment, next to another of the same code', async () => {
    await serve(await drupal('a.shared.test', 10));
    await serve(await drupal('b.shared.test', 10, { phpSocket: fpm.socket('two') }));
    const [a, b] = await Promise.all(['a', 'b'].map(async (site) => echo(await get(`${site}.shared.test`, '/'))));
    expect([a?.pool, b?.pool]).toEqual(['one', 'two']);
    expect([a?.server['db_passwd'], b?.server['db_passwd']]).toEqual([
      "the password of a.shared.test; {#'%}",
      "the password of b.shared.test; {#'%}",
    ]);
    const foreign = await get('a.shared.test', '/sites/b.shared.test/files/evil.png');
    expect(echo(foreign).server['MAIN_SITE_NAME']).toBe('a.shared.test');
  });

  it('lets no header of a client pass for what the web server says', async () => {
    const headers = { proxy: 'http://evil.test', 'x-forwarded-host': 'evil.test', db_name: 'evil', https: 'on' };
    const { server } = echo(await get('d10.test', '/', { headers }));
    expect(server).toMatchObject({ db_name: '', HTTP_HOST: 'd10.test' });
    // Newer PHP leaves an empty one out.
    expect(server['HTTP_PROXY'] ?? '').toBe('');
    expect(server).not.toHaveProperty('HTTPS');
    // RFC 9112 §3.2.2: the absolute target counts, and not the header.
    const absolute = await get('evil.test:99', 'http://d10.test/x');
    expect(echo(absolute).server).toMatchObject({ HTTP_HOST: 'd10.test:99', SERVER_NAME: 'd10.test' });
  });

  it('passes on what is posted, long headers included, and does not say what runs it', async () => {
    const answer = await get('d11.test', '/user', { method: 'POST', body: 'x'.repeat(2_000_000) });
    expect(echo(answer).post).toHaveLength(2_000_000);
    expect(answer.headers['x-drupal-cache-tags']).toHaveLength(7 * 2000 - 1);
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers).not.toHaveProperty('x-powered-by');
  });

  it('keeps its environment where only the master of nginx reads it, also from the undo', async () => {
    const site = await drupal('secret.test', 9);
    await serve(site);
    const path = `${nginx.target.directory}/environment.d/secret.test.conf`;
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const application = site.application as DrupalApplication;
    const changed = { ...application, environment: [{ name: 'db_passwd', value: 'new' }] } as const;
    const result = await serve({ ...site, application: changed });
    expect(JSON.stringify(result)).not.toContain('the password of');
    expect(echo(await get('secret.test', '/')).server['db_passwd']).toBe('new');
    expect((await nginx.liveFiles()).join()).not.toContain('password');
    expect(await readFile(`${nginx.target.directory}/vhost.d/secret.test.conf`, 'utf8')).not.toContain('new');
  });

  it('costs nobody else anything when its environment is lost, and has it back when it is verified', async () => {
    const site = await drupal('lost.test', 8);
    await serve(site);
    await rm(`${nginx.target.directory}/environment.d/lost.test.conf`);
    await serve(await nginx.site('bystander.test'));
    expect(echo(await get('lost.test', '/')).server).not.toHaveProperty('db_passwd');
    expect(await serve(site)).toMatchObject({ status: 'SUCCESS' });
    expect(echo(await get('lost.test', '/')).server['db_passwd']).toContain('password');
  });

  it('warns when nothing listens on its socket', async () => {
    const result = await serve(await drupal('dead.test', 11, { phpSocket: fpm.socket('nobody') }));
    expect(result.warnings).toMatchObject([{ code: 'SITE_ANSWERS_ERROR', details: { status: 502 } }]);
  });

  it('tells PHP of HTTPS, sends there what must go there, and answers challenges first', async () => {
    const certificate = await nginx.certificate('tls.test');
    const site = await drupal('tls.test', 10);
    const names = [name('tls.test', { certificate }), name('old.tls.test', { redirectTo: 'tls.test' })];
    await serve({ ...site, https: 'REQUIRED', names });
    const { server } = echo(await get('tls.test:8443', '/node', { scheme: 'https' }));
    const { httpsPort } = nginx.server;
    expect(server).toMatchObject({ HTTPS: 'on', REQUEST_SCHEME: 'https', SERVER_PORT: String(httpsPort) });
    expect(server['HTTP_HOST']).toBe('tls.test:8443');
    for (const host of ['tls.test', 'old.tls.test']) {
      const { status, headers } = await get(host, '/update.php?a=b');
      expect([status, headers.location]).toEqual([301, `https://tls.test:${httpsPort}/update.php?a=b`]);
      expect((await get(host, '/.well-known/acme-challenge/token')).status).toBe(200);
    }
    for (const path of ['/a/b', '/x.json', '/.git', '/x.php']) {
      const answer = await get('tls.test', `/.well-known/acme-challenge${path}`, { scheme: 'https' });
      expect([400, 404]).toContain(answer.status);
    }
  });

  it('answers 503 when it is disabled, and everything again when it is not', async () => {
    const site = await drupal('off.test', 7);
    await serve({ ...site, state: 'DISABLED' });
    for (const path of ['/', '/index.php', '/sites/off.test/files/evil.png', '/robots.txt']) {
      const answer = await get('off.test', path);
      expect([answer.status, answer.headers['retry-after']]).toEqual([503, '3600']);
    }
    await serve(site);
    expect((await get('off.test', '/')).status).toBe(200);
  });

  it('leaves no file behind when it is removed, or becomes a static one', async () => {
    const site = await drupal('gone.test', 10);
    await serve(site);
    await serve({ ...site, application: { type: 'STATIC', root: (site.application as DrupalApplication).root } });
    expect(await nginx.liveFiles('environment.d')).not.toContain('gone.test.conf');
    await serve(site);
    const removal = { type: 'REMOVE_SITE', siteId: site.siteId, uri: site.uri, names: [site.uri] } as const;
    const [removed] = await nginx.apply([removal]);
    expect(succeeded(removed).undo).toEqual({ files: [expect.objectContaining({ path: 'vhost.d/gone.test.conf' })] });
    expect([...(await nginx.liveFiles()), ...(await nginx.liveFiles('environment.d'))].join()).not.toContain('gone');
  });
});

describe('what the administrator adds to one site', () => {
  const extra = (uri: string) => `${nginx.target.directory}/extra.d/${uri}.conf`;

  it('comes before our own, and is never written', async () => {
    const site = await drupal('extra.test', 10);
    const text = [
      'client_max_body_size 1k;',
      // As docs/consumers.md has it.
      'location ~ "^/update\\.php(/|$)" {',
      'allow 127.0.0.1;',
      'deny all;',
      'fastcgi_split_path_info ^(/update\\.php)(/.*)$;',
      'fastcgi_param PATH_INFO $fastcgi_path_info;',
      'include fastcgi.conf;',
      'include environment.d/extra.test[.]conf;',
      `fastcgi_pass "unix:${fpm.socket('two')}";`,
      '}',
      'location ~ \\.inc$ { return 418; }',
    ].join('\n');
    await serve(await nginx.site('plain.extra.test'));
    await writeFile(extra('extra.test'), text);
    await writeFile(extra('plain.extra.test'), 'location = /hello { return 200 "from the administrator"; }');
    await serve(site);
    await serve({ ...(await nginx.site('plain.extra.test')), siteId: site.siteId.replace(/^./, '0') });
    for (const path of ['/update.php', '/update.php/selection']) {
      expect((await get('extra.test', path)).body).toBe(EXECUTED);
    }
    expect((await get('extra.test', '/update.phpx')).status).toBe(200);
    expect((await get('extra.test', '/x.inc')).status).toBe(418);
    expect((await get('extra.test', '/', { method: 'POST', body: 'x'.repeat(2_000) })).status).toBe(413);
    expect((await get('plain.extra.test', '/hello')).body).toBe('from the administrator');
    expect(await readFile(extra('extra.test'), 'utf8')).toBe(text);
  });

  it('costs only that site a change when it is wrong', async () => {
    const site = await drupal('wrong.test', 10);
    await chmod(`${nginx.target.directory}/extra.d`, 0o755);
    await writeFile(extra('wrong.test'), 'not_a_directive;');
    const results = await nginx.apply([
      { type: 'SITE', site },
      { type: 'SITE', site: await nginx.site('right.test') },
    ]);
    expect(results).toMatchObject([{ status: 'ERROR', failure: { code: 'VHOST_INVALID' } }, { status: 'SUCCESS' }]);
    await rm(extra('wrong.test'));
    expect(await serve(site)).toMatchObject({ status: 'SUCCESS' });
  });
});
