import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PlainObject } from '../../src/shared/plain.js';
import { newId } from '../../src/shared/ids.js';
import { WorkerPool } from '../../src/runner/worker-pool.js';

const TASKS = 4;

let pool: WorkerPool;
let abort: AbortController;
let acmeDirectory: string;

beforeEach(async () => {
  acmeDirectory = await mkdtemp(join(tmpdir(), 'hler-pool-'));
  pool = new WorkerPool(1, TASKS);
  abort = new AbortController();
});
afterEach(async () => {
  await pool.stop();
  await rm(acmeDirectory, { recursive: true });
});

function run(task: string, input: PlainObject) {
  const call = { operationId: newId(), input, outputs: {} };
  return pool.run({ task, mode: 'run', calls: [call], signal: abort.signal, onMessage: () => undefined });
}

/** Takes connections and says nothing. */
async function mute(): Promise<{ readonly port: number; readonly taken: readonly Socket[]; close(): void }> {
  const taken: Socket[] = [];
  const server = createServer((socket) => void taken.push(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.close();
    taken.forEach((socket) => socket.destroy());
  };
  return { port: (server.address() as AddressInfo).port, taken, close };
}

describe('a pool of one thread', () => {
  it('goes on with other tasks while as many as it has threads, and more, wait for somebody who does not answer', async () => {
    const silent = await mute();
    try {
      const ca = { directoryUrl: `http://127.0.0.1:${silent.port}/directory` };
      const account = { name: 'default', termsOfServiceAgreed: true };
      const ended: string[] = [];
      const slow = Array.from({ length: TASKS - 1 }, async () => {
        const results = await run('server.acme-account', {
          serverId: newId(),
          acmeDirectory,
          ca,
          account,
          action: { kind: 'REGISTER' },
        });
        ended.push('slow');
        return results;
      });
      await expect.poll(() => silent.taken.length, { timeout: 20_000 }).toBe(slow.length);
      const [quick] = await run('no.such-task', {});
      ended.push('quick');
      expect(quick).toMatchObject({ status: 'ERROR', failure: { code: 'INTERNAL' } });
      abort.abort();
      silent.close();
      expect((await Promise.all(slow)).flat()).toMatchObject(slow.map(() => ({ status: 'ERROR' })));
      expect(ended[0]).toBe('quick');
    } finally {
      silent.close();
    }
  });
});
