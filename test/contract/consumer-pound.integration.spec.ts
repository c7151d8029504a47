import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type ConnectionOptions } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VhostSpec } from '../../src/consumers/index.js';
import { findPids } from '../../workers/http/daemon.js';
import type { HttpChange } from '../../workers/http/http-change.js';
import { runCommand } from '../../workers/system/run-command.js';
import { eventually } from '../support/eventually.js';
import { send } from '../support/request.js';
import { name, PrivateHttpServer, succeeded } from '../support/private-http-server.js';

describe('pound', () => {
  let web: PrivateHttpServer;
  let occupied: Server | undefined;
  beforeEach(async () => {
    web = await PrivateHttpServer.make('pound');
  });
  afterEach(async () => {
    occupied?.close();
    occupied = undefined;
    await web.remove();
  });

  const change = (site: VhostSpec): HttpChange => ({ type: 'SITE', site });
  const serve = async (...sites: readonly VhostSpec[]): Promise<void> => {
    (await web.apply(sites.map(change))).forEach(succeeded);
  };
  const own = (): Promise<readonly number[]> =>
    findPids((commandLine) => web.target.consumer.daemon.isMaster(commandLine, web.server));

  describe('names and certificates', () => {
    it('takes a wildcard for one label, and a name for the whole of it', async () => {
      const certificate = await web.certificate('*.wild.test');
      const names = [name('wild.test'), name('*.wild.test', { certificate })];
      await serve(await web.site('wild.test', { https: 'ENABLED', names }));
      for (const scheme of ['http', 'https'] as const) {
        expect(await web.get(scheme, 'a.wild.test')).toMatchObject({ status: 200 });
        for (const other of ['a.b.wild.test', 'wild.test.evil.test', 'a-wild.test', 'wildxtest']) {
          expect(await web.get(scheme, other), `${scheme}://${other}`).toMatchObject({ status: 404 });
        }
      }
      expect(await web.get('http', 'WILD.test.')).toMatchObject({ status: 200 });
      expect((await web.get('https', 'stranger.test')).spki).not.toBe(certificate);
    });

    it('shows each name its own certificate where wildcards and others overlap', async () => {
      const wild = await web.certificate('a.test', '*.a.test');
      const deep = await web.certificate('x.y.a.test');
      const exact = await web.certificate('www.a.test');
      await serve(
        await web.site('a.test', {
          https: 'ENABLED',
          names: [name('a.test', { certificate: wild }), name('*.a.test', { certificate: wild })],
        }),
        await web.site('x.y.a.test', { https: 'ENABLED', names: [name('x.y.a.test', { certificate: deep })] }),
        await web.site('www.a.test', { https: 'ENABLED', names: [name('www.a.test', { certificate: exact })] }),
      );
      const shown = async (host: string) => (await web.get('https', host)).spki;
      expect([await shown('a.test'), await shown('b.a.test')]).toEqual([wild, wild]);
      expect([await shown('x.y.a.test'), await shown('www.a.test')]).toEqual([deep, exact]);
    });
  });

  describe('TLS', () => {
    it('is the intermediate profile, and nothing weaker', async () => {
      const certificate = await web.certificate('tls.test');
      await serve(await web.site('tls.test', { https: 'ENABLED', names: [name('tls.test', { certificate })] }));
      const weak = { minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' } as const;
      const offers: readonly (readonly [ConnectionOptions, boolean])[] = [
        [{ ecdhCurve: 'X25519' }, true],
        [{ ecdhCurve: 'secp384r1' }, true],
        [{ ecdhCurve: 'secp521r1' }, false],
        [{ ecdhCurve: 'ffdhe2048' }, false],
        [{ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }, true],
        [{ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-SHA' }, false],
        [{ ...weak, maxVersion: 'TLSv1.1' }, false],
        [{ ...weak, maxVersion: 'TLSv1' }, false],
      ];
      const agreed = await Promise.all(offers.map(async ([offer]) => [offer, await isAgreed(offer)] as const));
      expect(agreed).toEqual(offers);
    });
  });

  describe('what a web server behind it is told', () => {
    it('is the truth, whatever the client says of itself', async () => {
      const certificate = await web.certificate('told.test');
      await serve(await web.site('told.test', { https: 'ENABLED', names: [name('told.test', { certificate })] }));
      const behind = await web.backendOf(web.rootOf('told.test'));
      await ask('told.test', {
        'X-Forwarded-For': ['203.0.113.1', '203.0.113.2, 203.0.113.3'],
        'x-forwarded-proto': ['https', 'https'],
        'X-FORWARDED-PORT': '1',
        'x-forwarded-host': 'evil.test',
        Forwarded: 'for=203.0.113.9;proto=https',
        'X-SSL-Cipher': 'x',
        'X-Real-IP': '203.0.113.4',
        'x-hler-redirect': 'https://evil.test',
        Proxy: 'http://evil.test',
      });
      const { host, connection: _, ...told } = behind.headers;
      expect(host).toBe('told.test');
      expect(told).toEqual({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' });
      await web.get('https', 'told.test');
      expect(behind.headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'https' });
    });

    it.each([31_536_000, 0])(
      'says HSTS for %i seconds with every answer over HTTPS, once, and with none over HTTP',
      async (age) => {
        const certificate = await web.certificate('hsts.test', 'old.hsts.test');
        const names = [
          name('hsts.test', { certificate }),
          name('old.hsts.test', { certificate, redirectTo: 'hsts.test' }),
        ];
        const site = await web.site('hsts.test', { https: 'ENABLED', hstsMaxAge: age, names });
        (await web.backendOf(web.rootOf('hsts.test'))).adds = { 'strict-transport-security': 'max-age=1; preload' };
        const said = async (scheme: 'http' | 'https', host: string, path = '/') => {
          const port = web.server[`${scheme}Port`];
          const { status, headers } = await send({ port, host, path, scheme });
          return [status, headers['strict-transport-security']];
        };
        await serve(site);
        const value = `max-age=${age}`;
        expect(await said('https', 'hsts.test')).toEqual([200, value]);
        expect(await said('https', 'hsts.test', '/missing')).toEqual([404, value]);
        expect(await said('https', 'old.hsts.test', '/x')).toEqual([301, value]);
        expect(await said('https', 'old.hsts.test', '/x%20y')).toEqual([301, value]);
        expect(await said('http', 'hsts.test')).toEqual([200, 'max-age=1; preload']);
        expect(await said('http', 'old.hsts.test', '/x')).toEqual([301, undefined]);
        await serve({ ...site, state: 'DISABLED' });
        expect(await said('https', 'hsts.test')).toEqual([503, value]);
        expect(await said('http', 'hsts.test')).toEqual([503, undefined]);
      },
    );

    it('says that a web server does not answer, as a warning', async () => {
      const site = await web.site('down.test');
      (await web.backendOf(web.rootOf('down.test'))).stop();
      expect(await web.apply([change(site)])).toMatchObject([
        { status: 'SUCCESS', warnings: [{ code: 'SITE_ANSWERS_ERROR', details: { status: 503 } }] },
      ]);
    });
  });

  describe('taking over', () => {
    it('lets a request that runs end, while the next one is answered by the successor', async () => {
      await serve(await web.site('a.test'));
      const before = await web.master();
      const socket = request({ port: web.server.httpPort, host: '127.0.0.1', path: '/', method: 'POST' });
      socket.setHeader('host', 'a.test');
      socket.setHeader('content-length', '4');
      socket.write('ab');
      await sleep(200);
      await serve(await web.site('b.test'));
      expect(await web.master()).not.toBe(before);
      expect(await web.get('http', 'b.test')).toMatchObject({ status: 200 });
      socket.end('cd');
      const [response] = (await once(socket, 'response')) as [{ statusCode: number; resume(): void }];
      response.resume();
      expect(response.statusCode).toBe(200);
    });

    it('keeps the first server when the second cannot read its configuration', async () => {
      await serve(await web.site('a.test'));
      const before = await web.master();
      // It was good when it was checked, and is gone when it is to be taken.
      const run: typeof runCommand = async (command, options) => {
        if (command.args.some((arg) => arg.endsWith('successor.conf'))) {
          await rm(`${web.target.directory}/disabled.html`, { force: true });
          await rm(`${web.target.directory}/tls.conf`);
        }
        return runCommand(command, options);
      };
      expect(await web.apply([change(await web.site('b.test'))], { run })).toMatchObject([
        { failure: { code: 'HTTP_CONFIG_INVALID' } },
      ]);
      expect(await web.master()).toBe(before);
      expect(await web.liveFiles()).toEqual(['a.test.conf']);
      expect(await own()).toEqual([before]);
      expect(await web.get('http', 'a.test')).toMatchObject({ status: 200 });
      expect(await web.apply([change(await web.site('b.test'))])).toMatchObject([{ status: 'SUCCESS' }]);
    });

    it('comes up with what was served before, when somebody took its port in between', async () => {
      await serve(await web.site('a.test'));
      const thief = createServer();
      occupied = thief;
      const signal = (pid: number, what: NodeJS.Signals): void => {
        process.kill(pid, what);
        // In this very moment, before anybody opens the gate.
        spawnSync('sleep', ['0.3']);
        thief.listen(web.server.httpPort);
      };
      let starts = 0;
      const run: typeof runCommand = async (command, options) => {
        const result = await runCommand(command, options);
        starts += command.args.includes('-v') ? 1 : 0;
        if (starts === 2) {
          thief.close();
        }
        return result;
      };
      expect(await web.apply([change(await web.site('b.test'))], { signal, run })).toMatchObject([
        { failure: { code: 'PORT_IN_USE', details: { port: web.server.httpPort } } },
      ]);
      expect(await web.liveFiles()).toEqual(['a.test.conf']);
      expect(await web.get('http', 'a.test')).toMatchObject({ status: 200 });
      await eventually(async () => expect(await own()).toHaveLength(1));
    });

    it('ends what a killed apply has left waiting', async () => {
      await serve(await web.site('a.test'));
      const { succession } = web.target.consumer;
      const { path, content } = succession!.mainFile(web.server);
      await writeFile(path, content);
      await runCommand({ file: 'mkfifo', args: [succession!.gate(web.server)], timeoutMs: 5_000 });
      const waiting = runCommand(succession!.start(web.server));
      await eventually(async () => expect(await own()).toHaveLength(2));
      await serve(await web.site('b.test'));
      expect((await waiting).ok).toBe(false);
      await eventually(async () => expect(await own()).toEqual([await web.master()]));
    });
  });

  async function isAgreed(offer: ConnectionOptions): Promise<boolean> {
    const { httpsPort } = web.server;
    const options = { host: '127.0.0.1', port: httpsPort, servername: 'tls.test', rejectUnauthorized: false };
    const socket = connect({ ...options, ...offer });
    try {
      await once(socket, 'secureConnect');
      return true;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }

  function ask(host: string, headers: Readonly<Record<string, string | string[]>>): Promise<void> {
    const options = { host: '127.0.0.1', port: web.server.httpPort, agent: false };
    return new Promise((resolve, reject) => {
      const asking = request({ ...options, headers: { ...headers, host } }, (response) => {
        response.resume().once('end', resolve);
      });
      asking.once('error', reject);
      asking.end();
    });
  }
});
