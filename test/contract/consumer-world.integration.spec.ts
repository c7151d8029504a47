import { createServer, type Server } from 'node:net';
import { rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONSUMER_NAMES, CONSUMERS } from '../../src/consumers/index.js';
import type { HealthCheck } from '../../src/servers/domain/health.js';
import { realEffects } from '../../workers/http/effects.js';
import type { HttpChange } from '../../workers/http/http-change.js';
import { atomicWriteAll } from '../../workers/system/atomic-write.js';
import { fsError } from '../../workers/system/fs-error.js';
import { runCommand } from '../../workers/system/run-command.js';
import { checkServer } from '../../workers/tasks/server-check.js';
import { DIALECTS } from '../support/consumer-dialects.js';
import { applyInputs, name, PrivateHttpServer, succeeded } from '../support/private-http-server.js';

describe.each(CONSUMER_NAMES)('%s', (consumer) => {
  let web: PrivateHttpServer;
  let occupied: Server | undefined;
  beforeEach(async () => {
    web = await PrivateHttpServer.make(consumer);
  });
  afterEach(async () => {
    occupied?.close();
    occupied = undefined;
    await web.remove();
  });

  const { servesFiles } = CONSUMERS[consumer].capabilities;

  const aSite = async (uri: string): Promise<HttpChange> => ({ type: 'SITE', site: await web.site(uri) });

  async function occupy(port: number): Promise<void> {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(port, '127.0.0.1', resolve);
    });
    occupied = server;
  }

  const withoutProgram = (command: Parameters<typeof runCommand>[0]) =>
    runCommand({ ...command, file: 'hler-no-such-server' });

  describe('http.apply, when the world is against it', () => {
    it('names the port that another process has, and leaves nothing behind', async () => {
      await occupy(web.server.httpPort);
      const { httpPort } = web.server;
      const results = await web.apply([await aSite('a.test'), await aSite('b.test')]);
      const failure = { code: 'PORT_IN_USE', details: { port: httpPort, address: `127.0.0.1:${httpPort}` } };
      expect(results).toMatchObject([
        { status: 'ERROR', failure },
        { status: 'ERROR', failure },
      ]);
      expect(await web.liveFiles()).toEqual([]);
      occupied?.close();
      expect(await web.apply([await aSite('a.test')])).toMatchObject([{ status: 'SUCCESS' }]);
    });

    it('says that the web server is missing', async () => {
      const results = await web.apply([await aSite('a.test')], { run: withoutProgram });
      expect(results).toMatchObject([{ status: 'ERROR', failure: { code: 'HTTP_SERVER_MISSING' } }]);
    });

    it.each([
      ['ENOSPC', 'DISK_FULL'],
      ['EROFS', 'READ_ONLY'],
    ])('puts everything back when a write ends in %s, at whichever file', async (code, expected) => {
      (await web.apply([{ type: 'SERVER' }, await aSite('a.test')])).forEach(succeeded);
      const before = await web.read('vhost.d/a.test.conf');
      const site = { ...(await web.site('a.test')), siteId: '0190f3c2-7b1a-7000-8000-000000000001' };
      for (let failing = 0; failing < 3; failing += 1) {
        let writes = 0;
        const write: typeof atomicWriteAll = async (files, options) => {
          for (const file of files) {
            writes += 1;
            if (writes === failing + 1) {
              throw fsError(Object.assign(new Error(code), { code }), file.path);
            }
            await atomicWriteAll([file], options);
          }
        };
        const results = await web.apply([{ type: 'SITE', site }, await aSite('b.test')], { write });
        expect(results).toMatchObject([{ failure: { code: expected } }, { failure: { code: expected } }]);
        expect(await web.read('vhost.d/a.test.conf')).toBe(before);
        expect(await web.liveFiles()).toEqual(['a.test.conf']);
        expect(await readdir(web.target.workspace)).toEqual([]);
      }
      expect(await web.get('http', 'a.test')).toMatchObject({ status: 200 });
    });

    it('says which directory cannot be written to', async () => {
      const server = { ...web.server, paths: { ...web.server.paths, config: '/sys/hler' } };
      const results = await applyInputs([web.call({ type: 'SERVER' }, server)]);
      expect(results).toMatchObject([{ status: 'ERROR', failure: { code: 'READ_ONLY' } }]);
    });

    // A successor has read everything before the first server is told anything.
    it.skipIf(CONSUMERS[consumer].succession !== undefined)(
      'restores everything when the server does not take what its checker accepted',
      async () => {
        (await web.apply([{ type: 'SERVER' }, await aSite('a.test')])).forEach(succeeded);
        const bad = `${web.target.directory}/pre.d/bad.conf`;
        let reloads = 0;
        const { reloadSignal } = CONSUMERS[consumer].daemon;
        const signal = (pid: number, sent: NodeJS.Signals): void => {
          if (sent === reloadSignal) {
            reloads += 1;
            // For nginx the second reload takes it back; apache has ended by then, and is started.
            (reloads === 1 ? () => writeFileSync(bad, DIALECTS[consumer].nonsense) : () => rmSync(bad))();
          }
          process.kill(pid, sent);
        };
        const run: typeof runCommand = async (command, options) => {
          if (reloads > 0) {
            rmSync(bad, { force: true });
          }
          return runCommand(command, options);
        };
        const results = await web.apply([await aSite('b.test'), await aSite('c.test')], { signal, run });
        const failure = {
          code: 'HTTP_SERVER_DOWN',
          details: { checker: `${DIALECTS[consumer].complaint} in pre.d/bad.conf:1` },
        };
        expect(results).toMatchObject([{ failure }, { failure }]);
        expect(await web.liveFiles()).toEqual(['a.test.conf']);
        expect(await web.get('http', 'a.test')).toMatchObject({ status: 200 });
      },
    );

    it('keeps the verdict of a change that cannot be taken back either, and takes it back later', async () => {
      const [first, late] = ['a-first.test', 'z-late.test'];
      const contested = async (uri: string): Promise<HttpChange> => ({
        type: 'SITE',
        site: await web.site(uri, { names: [name(uri), name('contested.test')] }),
      });
      succeeded((await web.apply([await contested(first)]))[0]);
      const write: typeof atomicWriteAll = async (files, options) => {
        const taken = files.find(({ path, content }) => path.endsWith(`/${late}.conf`) && content === null);
        if (taken !== undefined) {
          throw fsError(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }), taken.path);
        }
        await atomicWriteAll(files, options);
      };
      const results = await web.apply([await contested(late), await aSite('good.test')], { write });
      const takingBack = { code: 'DISK_FULL', summary: expect.any(String) };
      expect(results).toMatchObject([
        {
          status: 'ERROR',
          failure: {
            code: 'VHOST_NOT_SERVED',
            summary: expect.stringMatching(
              /^z-late\.test was not served as it should be: .*Taking it back failed as well: /,
            ),
            hint: expect.stringMatching(/The next change or verification of this server then puts back/),
            details: { observed: [{ url: 'http://contested.test/' }], takingBack },
          },
        },
        { status: 'ERROR', failure: { code: 'DISK_FULL' } },
      ]);
      expect(await web.liveFiles()).toContain(`${late}.conf`);
      expect(await web.apply([await aSite('good.test')])).toMatchObject([{ status: 'SUCCESS' }]);
      expect(await web.liveFiles()).toEqual([`${first}.conf`, 'good.test.conf']);
      expect(await web.get('http', late)).toMatchObject({ status: 404 });
      expect(await readdir(web.target.workspace)).toEqual([]);
    });

    it('drops a cancelled call before anything is changed', async () => {
      const inputs = [web.call(await aSite('a.test'))];
      const results = await applyInputs(inputs, {}, AbortSignal.abort());
      expect(results).toMatchObject([{ status: 'ERROR', failure: { code: 'OPERATION_CANCELLED' } }]);
    });

    it('refuses a value that could carry syntax, for its own call only', async () => {
      const evil = await web.site('evil.test', { uri: 'evil.test; }' });
      const results = await web.apply([{ type: 'SITE', site: evil }, await aSite('good.test')]);
      expect(results).toMatchObject([{ failure: { code: 'HOSTNAME_INVALID' } }, { status: 'SUCCESS' }]);
    });

    it('runs its workers as an unprivileged account when it is root', async () => {
      succeeded((await web.apply([await aSite('a.test')]))[0]);
      const [worker] = await web.workers();
      const status = await readFile(`/proc/${worker}/status`, 'utf8');
      expect(/^Uid:\s+(\d+)/m.exec(status)?.[1]).not.toBe('0');
    });
  });

  describe('server.check', () => {
    const check = (effects = {}) => checkServer({ consumer, server: web.server }, { ...realEffects, ...effects });

    it.skipIf(!servesFiles)('finds version, TLS library and the groups that this library has', async () => {
      const result = succeeded(await check());
      expect(result).toEqual({
        status: 'NOTHING_TO_DO',
        output: {
          programVersion: expect.stringMatching(/^\d+\.\d+\.\d+$/),
          opensslVersion: expect.stringMatching(/^\d+\.\d+\.\d+/),
          tlsGroups: expect.arrayContaining(['X25519', 'prime256v1', 'secp384r1']),
          diskFreeBytes: expect.any(Number),
        },
        fields: [
          {
            subject: 'server',
            id: web.server.serverId,
            fields: { ...result.output, health: expect.any(Array), verifiedAt: expect.any(String) },
          },
        ],
      });
      expect(await readdir(web.server.paths.staging)).toEqual([]);
    });

    it('says that the program is missing, and that a port is taken', async () => {
      expect(await check({ run: withoutProgram })).toMatchObject({
        status: 'ERROR',
        failure: { code: 'HTTP_SERVER_MISSING' },
      });
      await occupy(web.server.httpsPort);
      const { httpsPort, serverId } = web.server;
      const failed = await check();
      expect(failed).toMatchObject({ status: 'ERROR', failure: { code: 'PORT_IN_USE', details: { port: httpsPort } } });
      // What was found is told nevertheless, and who has the port.
      const fields = (failed.fields ?? [])[0];
      expect(fields).toMatchObject({ subject: 'server', id: serverId });
      const health = fields?.fields['health'] as unknown as readonly HealthCheck[];
      expect(health.filter(({ status }) => status === 'ERROR')).toEqual([
        {
          name: 'ports',
          status: 'ERROR',
          message: expect.stringMatching(new RegExp(`:${httpsPort}: .*\\(process ${process.pid}\\)`)),
          remedy: expect.any(String),
        },
      ]);
      expect(health.map(({ name }) => name)).toContain('program');
    });

    it('does not mind that its own server has the ports', async () => {
      succeeded((await web.apply([{ type: 'SERVER' }]))[0]);
      expect(await check()).toMatchObject({ status: 'NOTHING_TO_DO' });
    });
  });
});
