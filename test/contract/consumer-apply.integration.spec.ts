import { chmod, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONSUMER_NAMES, CONSUMERS, type VhostSpec } from '../../src/consumers/index.js';
import type { BatchTask } from '../../workers/define-task.js';
import type { HttpApplyInput, HttpChange } from '../../workers/http/http-change.js';
import type { TaskContext } from '../../workers/protocol.js';
import httpApply from '../../workers/tasks/http-apply.js';
import { DIALECTS } from '../support/consumer-dialects.js';
import { freePorts } from '../support/free-ports.js';
import { name, PrivateHttpServer, succeeded } from '../support/private-http-server.js';

describe.each(CONSUMER_NAMES)('%s', (consumer) => {
  const { servesFiles, refusesStrangers } = CONSUMERS[consumer].capabilities;
  let web: PrivateHttpServer;
  beforeAll(async () => {
    web = await PrivateHttpServer.make(consumer);
  });
  afterAll(async () => web.remove());

  const siteChange = (site: VhostSpec): HttpChange => ({ type: 'SITE', site });

  async function serve(site: VhostSpec) {
    const [result] = await web.apply([siteChange(site)]);
    return succeeded(result);
  }

  describe('http.apply: what is served', () => {
    it('starts the server, and says which certificate and status a site answers with', async () => {
      const [server] = await web.apply([{ type: 'SERVER' }]);
      expect(succeeded(server).status).toBe('SUCCESS');
      const certificate = await web.certificate('first.test');
      const site = await web.site('first.test', { https: 'ENABLED', names: [name('first.test', { certificate })] });
      const result = await serve(site);
      expect(result).toEqual({
        status: 'SUCCESS',
        fields: [
          {
            subject: 'site',
            id: site.siteId,
            fields: { httpStatus: 200, servedCertificate: certificate, verifiedAt: expect.any(String) },
          },
        ],
        warnings: [],
        undo: {
          files: web.target.consumer
            .renderSite(site, web.server)
            .map(({ path }) => ({ path, content: null, mode: 0o644 })),
        },
      });
      for (const scheme of ['http', 'https'] as const) {
        expect(await web.get(scheme, 'first.test')).toMatchObject({ status: 200, body: 'front page of first.test' });
      }
    });

    it('gives strangers a bare 404, no certificate, and every name the answer to a challenge', async () => {
      expect(await web.get('http', 'stranger.test')).toMatchObject({
        status: 404,
        body: expect.stringMatching(/^Not found\n?$/),
      });
      const stranger = await web.get('https', 'stranger.test');
      // One that cannot refuse a handshake shows a certificate of nobody, and the same bare 404.
      expect(stranger).toMatchObject(refusesStrangers ? { status: null, spki: null } : { status: 404 });
      expect(await readdir(web.server.paths.tls)).not.toContain(stranger.spki);
      for (const host of ['stranger.test', 'first.test']) {
        expect(await web.get('http', host, '/.well-known/acme-challenge/a-Token_1')).toMatchObject({
          status: 200,
          body: `a-Token_1.${web.server.acmeThumbprints[0]}`,
        });
      }
    });

    it('sends covered names to HTTPS and keeps the others on HTTP, challenges excepted', async () => {
      const certificate = await web.certificate('required.test');
      const site = await web.site('required.test', {
        https: 'REQUIRED',
        names: [
          name('required.test', { certificate }),
          name('bare.required.test'),
          name('old.test', { redirectTo: 'required.test' }),
        ],
      });
      await serve(site);
      const https = `https://required.test:${web.server.httpsPort}`;
      expect(await location('required.test', '/a?b=c')).toEqual([301, `${https}/a?b=c`]);
      const raw = '/a%2Fb%20c%3fd;e?x=%26y&z=a%20b';
      expect(await location('required.test', raw)).toEqual([301, `${https}${raw}`]);
      expect(await location('old.test', '/a?b=c')).toEqual([301, `${https}/a?b=c`]);
      expect(await web.get('http', 'bare.required.test')).toMatchObject({ status: 200 });
      expect(await web.get('https', 'required.test')).toMatchObject({ status: 200, spki: certificate });
      const challenge = await web.get('http', 'required.test', '/.well-known/acme-challenge/t');
      expect(challenge).toMatchObject({ status: 200 });
      const noChallenge = await web.get('http', 'required.test', '/.well-known/acme-challenge/a/b');
      expect(noChallenge).toMatchObject({ status: 404 });
    });

    it('shows each group of names its own certificate, wildcards included', async () => {
      const [one, two] = [await web.certificate('many.test', 'www.many.test'), await web.certificate('*.wild.test')];
      const names = [
        name('many.test', { certificate: one }),
        name('www.many.test', { certificate: one }),
        name('*.wild.test', { certificate: two }),
      ];
      await serve(await web.site('many.test', { https: 'ENABLED', names }));
      expect(await web.get('https', 'www.many.test')).toMatchObject({ status: 200, spki: one });
      expect(await web.get('https', 'anything.wild.test')).toMatchObject({ status: 200, spki: two });
    });

    it('answers 503 with our page for a disabled site, on both schemes, challenges excepted', async () => {
      const certificate = await web.certificate('off.test');
      const names = [name('off.test', { certificate }), name('old.off.test', { redirectTo: 'off.test' })];
      const result = await serve(await web.site('off.test', { state: 'DISABLED', https: 'REQUIRED', names }));
      expect(result.warnings).toEqual([]);
      for (const [scheme, host] of [
        ['http', 'off.test'],
        ['https', 'off.test'],
        ['http', 'old.off.test'],
      ] as const) {
        const response = await web.get(scheme, host, '/index.html');
        expect(response.status).toBe(503);
        expect(response.body).toContain('This site is unavailable');
      }
      const headers = await web.headers('off.test', '/');
      expect(headers).toMatchObject({
        'retry-after': '3600',
        'cache-control': 'no-store',
        'content-type': 'text/html',
      });
      expect(await web.get('http', 'off.test', '/.well-known/acme-challenge/t')).toMatchObject({ status: 200 });
    });

    it.skipIf(!servesFiles)('serves no dot-files, no links to files of others, and no version', async () => {
      const site = await web.site('safe.test');
      const root = web.rootOf(site.uri);
      await mkdir(`${root}/.well-known`);
      await mkdir(`${root}/.git`);
      await writeFile(`${root}/.git/config`, 'secret');
      await writeFile(`${root}/.htpasswd`, 'secret');
      await writeFile(`${root}/.well-known/security.txt`, 'Contact: x');
      await symlink('index.html', `${root}/own-link.html`);
      await serve(site);
      expect(await web.get('http', 'safe.test', '/.git/config')).toMatchObject({ status: 404 });
      expect(await web.get('http', 'safe.test', '/.htpasswd')).toMatchObject({ status: 404 });
      expect(await web.get('http', 'safe.test', '/.well-known/security.txt')).toMatchObject({ status: 200 });
      expect(await web.get('http', 'safe.test', '/own-link.html')).toMatchObject({ status: 200 });
      const headers = await web.headers('safe.test', '/');
      expect(headers).toMatchObject({ server: DIALECTS[consumer].calls, 'x-content-type-options': 'nosniff' });
    });

    it('warns when a site is served but its front page is not', async () => {
      const site = await web.site('empty.test');
      await rm(`${web.rootOf(site.uri)}/index.html`);
      const result = await serve(site);
      expect(result.status).toBe('SUCCESS');
      expect(result.warnings).toMatchObject([{ code: 'SITE_ANSWERS_ERROR', details: { uri: 'empty.test' } }]);
    });

    it('removes a site, and its undo brings it back', async () => {
      const site = await web.site('gone.test');
      await serve(site);
      const remove = { type: 'REMOVE_SITE', siteId: site.siteId, uri: site.uri, names: [site.uri] } as const;
      const [removed] = await web.apply([remove]);
      expect(succeeded(removed).status).toBe('SUCCESS');
      expect(await web.get('http', 'gone.test')).toMatchObject({
        status: 404,
        body: expect.stringMatching(/^Not found\n?$/),
      });
      expect(await web.apply([remove])).toMatchObject([{ status: 'NOTHING_TO_DO' }]);
      const files = succeeded(removed).undo?.['files'] as never;
      expect(await web.apply([{ type: 'RESTORE', files }])).toMatchObject([{ status: 'SUCCESS' }]);
      expect(await web.get('http', 'gone.test')).toMatchObject({ status: 200 });
    });
  });

  describe('http.apply as the pool calls it', () => {
    it('applies, and takes back in one batch even when the operations were cancelled', async () => {
      const task = httpApply as unknown as BatchTask<HttpApplyInput>;
      const sites = await Promise.all(['u1.undo.test', 'u2.undo.test'].map((uri) => web.site(uri)));
      const calls = sites.map((site) => ({ input: task.input.parse(web.call(siteChange(site))), context: aContext() }));
      const done = await task.runMany(calls);
      expect(done).toMatchObject([{ status: 'SUCCESS' }, { status: 'SUCCESS' }]);
      const undo = (index: number) => succeeded(done[index]).undo ?? {};
      const back = calls.map(({ input }, index) => ({
        input,
        undo: undo(index),
        context: aContext(AbortSignal.abort()),
      }));
      await task.undoMany?.(back);
      await task.undoMany?.(back);
      expect(await web.get('http', 'u1.undo.test')).toMatchObject({ status: 404 });
      expect((await web.liveFiles()).filter((file) => file.includes('undo.test'))).toEqual([]);
    });
  });

  describe('http.apply: how it is done', () => {
    it('changes fifty sites with one reload', async () => {
      const sites = await Promise.all(Array.from({ length: 50 }, (_, index) => web.site(`s${index}.batch.test`)));
      let reloads = 0;
      const signal = (pid: number, signal: NodeJS.Signals): void => {
        reloads += signal === CONSUMERS[consumer].daemon.reloadSignal ? 1 : 0;
        process.kill(pid, signal);
      };
      const results = await web.apply(sites.map(siteChange), { signal });
      expect(results.map(({ status }) => status)).toEqual(sites.map(() => 'SUCCESS'));
      expect(reloads).toBe(1);
    });

    it('does nothing when nothing differs: no file, no check, no reload', async () => {
      const site = await web.site('s1.batch.test');
      const again = { ...site, siteId: await idIn('vhost.d/s1.batch.test.conf') };
      const workers = await web.workers();
      const forbidden = () => {
        throw new Error('An unchanged site must not touch the world.');
      };
      const [result] = await web.apply([siteChange(again)], { run: forbidden, write: forbidden, signal: forbidden });
      expect(result).toMatchObject({ status: 'NOTHING_TO_DO', fields: [{ fields: { httpStatus: 200 } }] });
      expect(succeeded(result).undo).toBeUndefined();
      expect(await web.workers()).toEqual(workers);
    });

    it('notices a dead server, and starts it', async () => {
      const site = { ...(await web.site('s1.batch.test')), siteId: await idIn('vhost.d/s1.batch.test.conf') };
      await web.stop();
      expect(await web.apply([siteChange(site)])).toMatchObject([{ status: 'NOTHING_TO_DO' }]);
      expect(await web.get('http', 's1.batch.test')).toMatchObject({ status: 200 });
    });

    it('finds its server again when the pid file is lost', async () => {
      const master = await web.master();
      await rm(web.target.consumer.daemon.pidFile(web.server));
      expect(await web.master()).toBe(master);
    });

    it('refuses a mismatched key for its own site only', async () => {
      const [good, bad] = [await web.certificate('good-pair.test'), await web.certificate('bad-pair.test')];
      await web.swapKey(bad, good);
      const change = async (uri: string, certificate: string) =>
        siteChange(await web.site(uri, { https: 'ENABLED', names: [name(uri, { certificate })] }));
      const results = await web.apply([
        await change('bad-pair.test', bad),
        await change('good-pair.test', good),
        await change('none-pair.test', 'f'.repeat(64)),
        await change('uncovered.test', good),
      ]);
      expect(results).toMatchObject([
        { status: 'ERROR', failure: { code: 'CERTIFICATE_FILES_INVALID', details: { certificate: bad } } },
        { status: 'SUCCESS' },
        { status: 'ERROR', failure: { code: 'CERTIFICATE_FILES_INVALID' } },
        { status: 'ERROR', failure: { code: 'CERTIFICATE_FILES_INVALID' } },
      ]);
      expect(await web.liveFiles()).not.toContain('bad-pair.test.conf');
    });

    it('reloads when a certificate was replaced under the same path, although no file differs', async () => {
      const certificate = await web.certificate('renewed.test');
      const site = await web.site('renewed.test', { https: 'ENABLED', names: [name('renewed.test', { certificate })] });
      await serve(site);
      const before = await web.get('https', 'renewed.test');
      await web.renewWithSameKey(certificate, 'renewed.test');
      await serve(site);
      expect((await web.get('https', 'renewed.test')).fingerprint).not.toBe(before.fingerprint);
      expect(await serve(site)).toMatchObject({ status: 'NOTHING_TO_DO' });
    });

    it('quarantines the one virtual host that the checker refuses, and names the place', async () => {
      const sites = await Promise.all(['q1.test', 'q2.test', 'q3.test'].map((uri) => web.site(uri)));
      const broken = { path: 'vhost.d/q2.test.conf', content: DIALECTS[consumer].nonsense, mode: 0o644 };
      const [one, , three] = sites.map(siteChange);
      const results = await web.apply([one!, { type: 'RESTORE', files: [broken] }, three!]);
      expect(results).toMatchObject([
        { status: 'SUCCESS' },
        {
          status: 'ERROR',
          failure: {
            code: 'VHOST_INVALID',
            details: {
              file: 'vhost.d/q2.test.conf',
              checker: `${DIALECTS[consumer].complaint} in vhost.d/q2.test.conf:1`,
            },
          },
        },
        { status: 'SUCCESS' },
      ]);
      expect(await web.liveFiles()).not.toContain('q2.test.conf');
    });

    it('finds by halves what the checker complains about without a place', async () => {
      const sites = await Promise.all(['h1.test', 'h2.test', 'h3.test', 'h4.test'].map((uri) => web.site(uri)));
      const content = DIALECTS[consumer].refusedWithoutPlace;
      const files = [{ path: 'vhost.d/h5.test.conf', content, mode: 0o644 }];
      const results = await web.apply([...sites.map(siteChange), { type: 'RESTORE', files }]);
      expect(results.map(({ status }) => status)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS', 'SUCCESS', 'ERROR']);
      expect(results.at(-1)).toMatchObject({ failure: { code: 'VHOST_INVALID' } });
    });

    it('takes back what is not served as it should be, and leaves the others', async () => {
      // The first file of a name wins, by file name: this one never gets it.
      await serve(await web.site('a-first.test', { names: [name('a-first.test'), name('contested.test')] }));
      const late = await web.site('z-late.test', { names: [name('z-late.test'), name('contested.test')] });
      const results = await web.apply([siteChange(late), siteChange(await web.site('fine.test'))]);
      expect(results).toMatchObject([
        {
          status: 'ERROR',
          failure: {
            code: 'VHOST_NOT_SERVED',
            details: {
              observed: [
                { url: 'http://contested.test/', problem: 'another configuration answers for this name', status: 200 },
              ],
            },
          },
        },
        { status: 'SUCCESS' },
      ]);
      expect(await web.liveFiles()).not.toContain('z-late.test.conf');
      expect(await web.get('http', 'z-late.test')).toMatchObject({ status: 404 });
      expect(await web.get('http', 'fine.test')).toMatchObject({ status: 200 });
      expect(await readdir(web.target.workspace)).toEqual([]);
    });

    it("never touches an administrator's file, and names it when it is the fault", async () => {
      const path = `${web.target.directory}/pre.d/mine.conf`;
      await writeFile(path, DIALECTS[consumer].nonsense);
      const result = await web.apply([siteChange(await web.site('blocked.test'))]);
      await rm(path);
      expect(result).toMatchObject([
        { status: 'ERROR', failure: { code: 'HTTP_CONFIG_INVALID', details: { file: 'pre.d/mine.conf' } } },
      ]);
      expect(await web.liveFiles()).not.toContain('blocked.test.conf');
      expect(await web.get('http', 'fine.test')).toMatchObject({ status: 200 });
    });

    it('gives a name that somebody has to its owner, whoever else has a wildcard that fits', async () => {
      await serve(await web.site('a-wild.test', { names: [name('a-wild.test'), name('*.shared.test')] }));
      await serve(await web.site('z.shared.test'));
      expect(await web.get('http', 'z.shared.test')).toMatchObject({ body: 'front page of z.shared.test' });
      expect(await web.get('http', 'y.shared.test')).toMatchObject({ body: 'front page of a-wild.test' });
    });

    it('has what an administrator adds to one site, and refuses only that site when it is wrong', async () => {
      const extra = (uri: string) => `${web.target.directory}/extra.d/${uri}.conf`;
      await writeFile(extra('right-extra.test'), DIALECTS[consumer].addition('right-extra.test'));
      await writeFile(extra('wrong-extra.test'), DIALECTS[consumer].nonsense);
      const sites = await Promise.all(['right-extra.test', 'wrong-extra.test'].map((uri) => web.site(uri)));
      expect(await web.apply(sites.map(siteChange))).toMatchObject([
        { status: 'SUCCESS' },
        { status: 'ERROR', failure: { code: 'VHOST_INVALID', details: { file: 'extra.d/wrong-extra.test.conf' } } },
      ]);
      expect(await web.get('http', 'right-extra.test', '/added')).toMatchObject({ status: DIALECTS[consumer].status });
      expect(await web.get('http', 'right-extra.test')).toMatchObject({ status: 200 });
    });

    it("lets an administrator's file listen on a port of its own", async () => {
      const [port = 0] = await freePorts(1);
      await writeFile(`${web.target.directory}/post.d/port.conf`, DIALECTS[consumer].ownPort(port));
      await serve(await web.site('one.port.test'));
      await serve(await web.site('two.port.test'));
      expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(DIALECTS[consumer].status);
    });

    it("keeps the administrator's working files in force", async () => {
      await chmod(`${web.target.directory}/post.d`, 0o755);
      await writeFile(
        `${web.target.directory}/post.d/mine.conf`,
        DIALECTS[consumer].ownHost('admin.test', web.server.httpPort),
      );
      await serve(await web.site('beside.test'));
      expect(await web.get('http', 'admin.test')).toMatchObject({ status: DIALECTS[consumer].status });
    });
  });

  function aContext(signal: AbortSignal = new AbortController().signal): TaskContext {
    return { operationId: 'o', outputs: {}, signal, log: () => undefined };
  }

  async function location(host: string, path: string): Promise<readonly [number | null, string | undefined]> {
    return [(await web.get('http', host, path)).status, (await web.headers(host, path))['location']];
  }

  async function idIn(path: string): Promise<string> {
    return /Site ([0-9a-f-]{36})/.exec(await web.read(path))?.[1] ?? '';
  }
});
