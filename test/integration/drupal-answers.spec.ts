import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConsumerName } from '../../src/consumers/index.js';
import { inParallel } from '../../workers/http/verify.js';
import { attacks } from '../support/drupal-attacks.js';
import { DrupalServer, echo, FILE_SERVERS, MAJORS, rootOf } from '../support/drupal-server.js';
import { EXECUTED, SECRET } from '../support/drupal-tree.js';

const servers: { [consumer in ConsumerName]?: DrupalServer } = {};

beforeAll(async () => {
  await Promise.all(FILE_SERVERS.map(async (consumer) => (servers[consumer] = await DrupalServer.make(consumer))));
});
afterAll(async () => Promise.all(Object.values(servers).map((server) => server.remove())));

describe.each(FILE_SERVERS.flatMap((consumer) => MAJORS.map((major) => ({ consumer, major }))))(
  'a site of Drupal $major on $consumer',
  ({ consumer, major }) => {
    const server = () => servers[consumer]!;
    const get: DrupalServer['get'] = (...request) => server().get(...request);
    const uri = `d${major}.test`;
    const files = `/sites/${uri}/files`;
    let root: string;

    beforeAll(async () => {
      const site = await server().site(uri, major);
      root = rootOf(site);
      await server().serve(site);
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
          SERVER_PORT: String(server().web.server.httpPort),
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
      expect(new Set(answered.map(({ answer }) => echo(answer).server['SCRIPT_NAME']))).toEqual(
        new Set(['/index.php']),
      );
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
  },
);
