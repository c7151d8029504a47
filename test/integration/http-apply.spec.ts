import { chmod, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VhostSpec } from '../../src/consumers/index.js';
import type { BatchTask } from '../../workers/define-task.js';
import type { HttpApplyInput, HttpChange } from '../../workers/http/http-change.js';
import type { TaskContext } from '../../workers/protocol.js';
import httpApply from '../../workers/tasks/http-apply.js';
import { name, PrivateNginx, succeeded } from '../support/private-nginx.js';

let nginx: PrivateNginx;
beforeAll(async () => {
  nginx = await PrivateNginx.make();
});
afterAll(async () => nginx.remove());

const siteChange = (site: VhostSpec): HttpChange => ({ type: 'SITE', site });

async function serve(site: VhostSpec) {
  const [result] = await nginx.apply([siteChange(site)]);
  return succeeded(result);
}

describe('http.apply: what is served', () => {
  it('starts the server, and says which certificate and status a site answers with', async () => {
    const [server] = await nginx.apply([{ type: 'SERVER' }]);
    expect(succeeded(server).status).toBe('SUCCESS');
    const certificate = await nginx.certificate('first.test');
    const site = await nginx.site('first.test', { https: 'ENABLED', names: [name('first.test', { certificate })] });
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
      undo: { files: [{ path: 'vhost.d/first.test.conf', content: null, mode: 0o644 }] },
    });
    for (const scheme of ['http', 'https'] as const) {
      expect(await nginx.get(scheme, 'first.test')).toMatchObject({ status: 200, body: 'front page of first.test' });
    }
  });

  it('gives strangers a bare 404, no certificate, and every name the answer to a challenge', async () => {
    expect(await nginx.get('http', 'stranger.test')).toMatchObject({ status: 404, body: 'Not found\n' });
    expect(await nginx.get('https', 'stranger.test')).toMatchObject({ status: null, spki: null });
    for (const host of ['stranger.test', 'first.test']) {
      expect(await nginx.get('http', host, '/.well-known/acme-challenge/a-Token_1')).toMatchObject({
        status: 200,
        body: `a-Token_1.${nginx.server.acmeThumbprints[0]}`,
      });
    }
  });

  it('sends covered names to HTTPS and keeps the others on HTTP, challenges excepted', async () => {
    const certificate = await nginx.certificate('required.test');
    const site = await nginx.site('required.test', {
      https: 'REQUIRED',
      names: [
        name('required.test', { certificate }),
        name('bare.required.test'),
        name('old.test', { redirectTo: 'required.test' }),
      ],
    });
    await serve(site);
    const https = `https://required.test:${nginx.server.httpsPort}`;
    expect(await location('required.test', '/a?b=c')).toEqual([301, `${https}/a?b=c`]);
    expect(await location('old.test', '/a?b=c')).toEqual([301, `${https}/a?b=c`]);
    expect(await nginx.get('http', 'bare.required.test')).toMatchObject({ status: 200 });
    expect(await nginx.get('https', 'required.test')).toMatchObject({ status: 200, spki: certificate });
    const challenge = await nginx.get('http', 'required.test', '/.well-known/acme-challenge/t');
    expect(challenge).toMatchObject({ status: 200 });
    const noChallenge = await nginx.get('http', 'required.test', '/.well-known/acme-challenge/a/b');
    expect(noChallenge).toMatchObject({ status: 404 });
  });

  it('shows each group of names its own certificate, wildcards included', async () => {
    const [one, two] = [await nginx.certificate('many.test', 'www.many.test'), await nginx.certificate('*.wild.test')];
    const names = [
      name('many.test', { certificate: one }),
      name('www.many.test', { certificate: one }),
      name('*.wild.test', { certificate: two }),
    ];
    await serve(await nginx.site('many.test', { https: 'ENABLED', names }));
    expect(await nginx.get('https', 'www.many.test')).toMatchObject({ status: 200, spki: one });
    expect(await nginx.get('https', 'anything.wild.test')).toMatchObject({ status: 200, spki: two });
  });

  it('answers 503 with our page for a disabled site, on both schemes, challenges excepted', async () => {
    const certificate = await nginx.certificate('off.test');
    const names = [name('off.test', { certificate }), name('old.off.test', { redirectTo: 'off.test' })];
    const result = await serve(await nginx.site('off.test', { state: 'DISABLED', https: 'REQUIRED', names }));
    expect(result.warnings).toEqual([]);
    for (const [scheme, host] of [
      ['http', 'off.test'],
      ['https', 'off.test'],
      ['http', 'old.off.test'],
    ] as const) {
      const response = await nginx.get(scheme, host, '/index.html');
      expect(response.status).toBe(503);
      expect(response.body).toContain('This site is unavailable');
    }
    const headers = await nginx.headers('off.test', '/');
    expect(headers).toMatchObject({ 'retry-after': '3600', 'cache-control': 'no-store', 'content-type': 'text/html' });
    expect(await nginx.get('http', 'off.test', '/.well-known/acme-challenge/t')).toMatchObject({ status: 200 });
  });

  it('serves no dot-files, no links to files of others, and no version', async () => {
    const site = await nginx.site('safe.test');
    const root = site.application.root;
    await mkdir(`${root}/.well-known`);
    await mkdir(`${root}/.git`);
    await writeFile(`${root}/.git/config`, 'secret');
    await writeFile(`${root}/.htpasswd`, 'secret');
    await writeFile(`${root}/.well-known/security.txt`, 'Contact: x');
    await symlink('index.html', `${root}/own-link.html`);
    await serve(site);
    expect(await nginx.get('http', 'safe.test', '/.git/config')).toMatchObject({ status: 404 });
    expect(await nginx.get('http', 'safe.test', '/.htpasswd')).toMatchObject({ status: 404 });
    expect(await nginx.get('http', 'safe.test', '/.well-known/security.txt')).toMatchObject({ status: 200 });
    expect(await nginx.get('http', 'safe.test', '/own-link.html')).toMatchObject({ status: 200 });
    const headers = await nginx.headers('safe.test', '/');
    expect(headers).toMatchObject({ server: 'nginx', 'x-content-type-options': 'nosniff' });
  });

  it('warns when a site is served but its front page is not', async () => {
    const site = await nginx.site('empty.test');
    await rm(`${site.application.root}/index.html`);
    const result = await serve(site);
    expect(result.status).toBe('SUCCESS');
    expect(result.warnings).toMatchObject([{ code: 'SITE_ANSWERS_ERROR', details: { uri: 'empty.test' } }]);
  });

  it('removes a site, and its undo brings it back', async () => {
    const site = await nginx.site('gone.test');
    await serve(site);
    const remove = { type: 'REMOVE_SITE', siteId: site.siteId, uri: site.uri, names: [site.uri] } as const;
    const [removed] = await nginx.apply([remove]);
    expect(succeeded(removed).status).toBe('SUCCESS');
    expect(await nginx.get('http', 'gone.test')).toMatchObject({ status: 404, body: 'Not found\n' });
    expect(await nginx.apply([remove])).toMatchObject([{ status: 'NOTHING_TO_DO' }]);
    const files = succeeded(removed).undo?.['files'] as never;
    expect(await nginx.apply([{ type: 'RESTORE', files }])).toMatchObject([{ status: 'SUCCESS' }]);
    expect(await nginx.get('http', 'gone.test')).toMatchObject({ status: 200 });
  });
});

describe('http.apply as the pool calls it', () => {
  it('applies, and takes back in one batch even when the operations were cancelled', async () => {
    const task = httpApply as unknown as BatchTask<HttpApplyInput>;
    const sites = await Promise.all(['u1.undo.test', 'u2.undo.test'].map((uri) => nginx.site(uri)));
    const calls = sites.map((site) => ({ input: task.input.parse(nginx.call(siteChange(site))), context: aContext() }));
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
    expect(await nginx.get('http', 'u1.undo.test')).toMatchObject({ status: 404 });
    expect((await nginx.liveFiles()).filter((file) => file.includes('undo.test'))).toEqual([]);
  });
});

describe('http.apply: how it is done', () => {
  it('changes fifty sites with one reload', async () => {
    const sites = await Promise.all(Array.from({ length: 50 }, (_, index) => nginx.site(`s${index}.batch.test`)));
    let reloads = 0;
    const signal = (pid: number, signal: NodeJS.Signals): void => {
      reloads += 1;
      process.kill(pid, signal);
    };
    const results = await nginx.apply(sites.map(siteChange), { signal });
    expect(results.map(({ status }) => status)).toEqual(sites.map(() => 'SUCCESS'));
    expect(reloads).toBe(1);
  });

  it('does nothing when nothing differs: no file, no check, no reload', async () => {
    const site = await nginx.site('s1.batch.test');
    const again = { ...site, siteId: await idIn('vhost.d/s1.batch.test.conf') };
    const workers = await nginx.workers();
    const forbidden = () => {
      throw new Error('An unchanged site must not touch the world.');
    };
    const [result] = await nginx.apply([siteChange(again)], { run: forbidden, write: forbidden, signal: forbidden });
    expect(result).toMatchObject({ status: 'NOTHING_TO_DO', fields: [{ fields: { httpStatus: 200 } }] });
    expect(succeeded(result).undo).toBeUndefined();
    expect(await nginx.workers()).toEqual(workers);
  });

  it('notices a dead server, and starts it', async () => {
    const site = { ...(await nginx.site('s1.batch.test')), siteId: await idIn('vhost.d/s1.batch.test.conf') };
    await nginx.stop();
    expect(await nginx.apply([siteChange(site)])).toMatchObject([{ status: 'NOTHING_TO_DO' }]);
    expect(await nginx.get('http', 's1.batch.test')).toMatchObject({ status: 200 });
  });

  it('finds its server again when the pid file is lost', async () => {
    const master = await nginx.master();
    await rm(nginx.target.consumer.daemon.pidFile(nginx.server));
    expect(await nginx.master()).toBe(master);
  });

  it('refuses a mismatched key for its own site only', async () => {
    const [good, bad] = [await nginx.certificate('good-pair.test'), await nginx.certificate('bad-pair.test')];
    await nginx.swapKey(bad, good);
    const change = async (uri: string, certificate: string) =>
      siteChange(await nginx.site(uri, { https: 'ENABLED', names: [name(uri, { certificate })] }));
    const results = await nginx.apply([
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
    expect(await nginx.liveFiles()).not.toContain('bad-pair.test.conf');
  });

  it('reloads when a certificate was replaced under the same path, although no file differs', async () => {
    const certificate = await nginx.certificate('renewed.test');
    const site = await nginx.site('renewed.test', { https: 'ENABLED', names: [name('renewed.test', { certificate })] });
    await serve(site);
    const before = await nginx.get('https', 'renewed.test');
    await nginx.renewWithSameKey(certificate, 'renewed.test');
    await serve(site);
    expect((await nginx.get('https', 'renewed.test')).fingerprint).not.toBe(before.fingerprint);
    expect(await serve(site)).toMatchObject({ status: 'NOTHING_TO_DO' });
  });

  it('quarantines the one virtual host that the checker refuses, and names the place', async () => {
    const sites = await Promise.all(['q1.test', 'q2.test', 'q3.test'].map((uri) => nginx.site(uri)));
    const broken = { path: 'vhost.d/q2.test.conf', content: 'server { listen_badly 80; }\n', mode: 0o644 };
    const [one, , three] = sites.map(siteChange);
    const results = await nginx.apply([one!, { type: 'RESTORE', files: [broken] }, three!]);
    expect(results).toMatchObject([
      { status: 'SUCCESS' },
      {
        status: 'ERROR',
        failure: {
          code: 'VHOST_INVALID',
          details: {
            file: 'vhost.d/q2.test.conf',
            checker: 'unknown directive "listen_badly" in vhost.d/q2.test.conf:1',
          },
        },
      },
      { status: 'SUCCESS' },
    ]);
    expect(await nginx.liveFiles()).not.toContain('q2.test.conf');
  });

  it('finds by halves what the checker complains about without a place', async () => {
    const sites = await Promise.all(['h1.test', 'h2.test', 'h3.test', 'h4.test'].map((uri) => nginx.site(uri)));
    // A relative path: the complaint has it resolved against the staged set, so that it is found in no file.
    const content =
      'server { listen 127.0.0.1:1 ssl; server_name h5.test; ssl_certificate "nowhere.pem"; ssl_certificate_key "nowhere.key"; }\n';
    const files = [{ path: 'vhost.d/h5.test.conf', content, mode: 0o644 }];
    const results = await nginx.apply([...sites.map(siteChange), { type: 'RESTORE', files }]);
    expect(results.map(({ status }) => status)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS', 'SUCCESS', 'ERROR']);
    expect(results.at(-1)).toMatchObject({ failure: { code: 'VHOST_INVALID' } });
  });

  it('takes back what is not served as it should be, and leaves the others', async () => {
    // The first file of a name wins, by file name: this one never gets it.
    await serve(await nginx.site('a-first.test', { names: [name('a-first.test'), name('contested.test')] }));
    const late = await nginx.site('z-late.test', { names: [name('z-late.test'), name('contested.test')] });
    const results = await nginx.apply([siteChange(late), siteChange(await nginx.site('fine.test'))]);
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
    expect(await nginx.liveFiles()).not.toContain('z-late.test.conf');
    expect(await nginx.get('http', 'z-late.test')).toMatchObject({ status: 404 });
    expect(await nginx.get('http', 'fine.test')).toMatchObject({ status: 200 });
    expect(await readdir(nginx.target.workspace)).toEqual([]);
  });

  it("never touches an administrator's file, and names it when it is the fault", async () => {
    const path = `${nginx.target.directory}/pre.d/mine.conf`;
    await writeFile(path, 'nonsense on;\n');
    const result = await nginx.apply([siteChange(await nginx.site('blocked.test'))]);
    await rm(path);
    expect(result).toMatchObject([
      { status: 'ERROR', failure: { code: 'HTTP_CONFIG_INVALID', details: { file: 'pre.d/mine.conf' } } },
    ]);
    expect(await nginx.liveFiles()).not.toContain('blocked.test.conf');
    expect(await nginx.get('http', 'fine.test')).toMatchObject({ status: 200 });
  });

  it("keeps the administrator's working files in force", async () => {
    await chmod(`${nginx.target.directory}/post.d`, 0o755);
    const server = `server { listen 127.0.0.1:${nginx.server.httpPort}; server_name admin.test; return 204; }\n`;
    await writeFile(`${nginx.target.directory}/post.d/mine.conf`, server);
    await serve(await nginx.site('beside.test'));
    expect(await nginx.get('http', 'admin.test')).toMatchObject({ status: 204 });
  });
});

function aContext(signal: AbortSignal = new AbortController().signal): TaskContext {
  return { operationId: 'o', outputs: {}, signal, log: () => undefined };
}

async function location(host: string, path: string): Promise<readonly [number | null, string | undefined]> {
  return [(await nginx.get('http', host, path)).status, (await nginx.headers(host, path))['location']];
}

async function idIn(path: string): Promise<string> {
  return /Site ([0-9a-f-]{36})/.exec(await nginx.read(path))?.[1] ?? '';
}
