import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONSUMER_NAMES, CONSUMERS } from '../../src/consumers/index.js';
import type { HttpChange } from '../../workers/http/http-change.js';
import { findOrphans } from '../../workers/http/daemon.js';
import { realEffects } from '../../workers/http/effects.js';
import { endOrphans } from '../../workers/http/end-orphans.js';
import { eventually } from '../support/eventually.js';
import { name, PrivateHttpServer, succeeded } from '../support/private-http-server.js';

const RELOADS = 10;
const LANES = 4;

describe.each(CONSUMER_NAMES)('%s, reloaded', (consumer) => {
  let web: PrivateHttpServer;
  beforeEach(async () => {
    web = await PrivateHttpServer.make(consumer);
  });
  afterEach(async () => web.remove());

  const site = async (uri: string): Promise<HttpChange> => ({ type: 'SITE', site: await web.site(uri) });

  const { reloadsWithoutRestart } = CONSUMERS[consumer].capabilities;

  it.skipIf(!reloadsWithoutRestart)(`fails no request and no handshake during ${RELOADS} reloads`, async () => {
    const certificate = await web.certificate('steady.test');
    const names = [name('steady.test', { certificate })];
    const steady: HttpChange = { type: 'SITE', site: await web.site('steady.test', { https: 'ENABLED', names }) };
    succeeded((await web.apply([steady]))[0]);
    const answers: string[] = [];
    const stop = new AbortController();
    const lane = async (scheme: 'http' | 'https'): Promise<void> => {
      while (!stop.signal.aborted) {
        const { status, body, error } = await web.get(scheme, 'steady.test');
        answers.push(`${scheme} ${status} ${error ?? body}`);
        await sleep(20);
      }
    };
    const lanes = Array.from({ length: LANES }, (_, index) => lane(index % 2 === 0 ? 'http' : 'https'));
    for (let reload = 0; reload < RELOADS; reload += 1) {
      expect(await web.apply([await site(`r${reload}.test`)])).toMatchObject([{ status: 'SUCCESS' }]);
    }
    stop.abort();
    await Promise.all(lanes);
    expect(new Set(answers)).toEqual(
      new Set(['http 200 front page of steady.test', 'https 200 front page of steady.test']),
    );
    expect(answers.length).toBeGreaterThan(50);
  });

  it.skipIf(!reloadsWithoutRestart)(
    'keeps its master, and no worker of before takes connections when an apply returns',
    async () => {
      await web.apply([await site('a.test')]);
      const [master, before] = [await web.master(), await web.workers()];
      succeeded((await web.apply([await site('b.test')]))[0]);
      expect(await web.master()).toBe(master);
      expect((await web.takingConnections()).filter((pid) => before.includes(pid))).toEqual([]);
      expect(await web.takingConnections()).not.toEqual([]);
    },
  );

  // One process leaves nothing behind.
  const hasWorkers = CONSUMERS[consumer].daemon.isOneProcess !== true;

  it.skipIf(!hasWorkers)('starts anew when its master was killed and left its workers behind', async () => {
    await web.apply([await site('a.test')]);
    const master = await web.master();
    process.kill(master ?? 0, 'SIGKILL');
    await eventually(async () => expect(await web.master()).toBeUndefined());
    expect(await findOrphans(web.target)).not.toEqual([]);
    expect(await web.apply([await site('b.test')])).toMatchObject([{ status: 'SUCCESS' }]);
    expect(await web.master()).not.toBe(master);
    expect(await web.get('http', 'a.test')).toMatchObject({ status: 200 });
  });

  it.skipIf(!hasWorkers)('touches no worker of another server whose master was killed', async () => {
    const other = await PrivateHttpServer.make(consumer);
    try {
      for (const each of [web, other]) {
        succeeded((await each.apply([{ type: 'SITE', site: await each.site('a.test') }]))[0]);
        process.kill((await each.master()) ?? 0, 'SIGKILL');
        await eventually(async () => expect(await findOrphans(each.target)).not.toEqual([]));
      }
      const left = await findOrphans(other.target);
      succeeded((await web.apply([await site('b.test')]))[0]);
      expect(await findOrphans(web.target)).toEqual([]);
      expect(await findOrphans(other.target)).toEqual(left);
    } finally {
      await endOrphans(other.target, realEffects);
      await other.remove();
    }
  });
});
