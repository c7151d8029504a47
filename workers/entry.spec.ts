import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { newId } from '../src/shared/ids.js';
import type { PlainObject } from '../src/shared/plain.js';
import entry from './entry.js';
import type { MessageToTask } from './protocol.js';
import { TASKS } from './tasks/index.js';

async function run(task: string, input: PlainObject, cancelled = false) {
  const { port1, port2 } = new MessageChannel();
  port2.unref();
  if (cancelled) {
    port2.postMessage({ type: 'cancel' } satisfies MessageToTask);
  }
  const { results } = await entry({
    task,
    mode: 'run',
    calls: [{ operationId: newId(), input, outputs: {} }],
    port: port1,
  });
  port2.close();
  return results[0];
}

describe('a dry run of a task', () => {
  it('is refused where the task cannot look without doing, before it is even read', async () => {
    const doers = TASKS.filter(({ dryRun }) => dryRun !== true).map(({ name }) => name);
    expect(doers).toContain('certificate.self-sign');
    for (const task of doers) {
      expect(await run(task, { dryRun: true })).toMatchObject({
        status: 'ERROR',
        failure: { code: 'INTERNAL', summary: expect.stringContaining('cannot look without doing') },
      });
    }
  });
});

describe('a task that is cancelled', () => {
  it('ends so, wherever it was: here it waits for a name server that never answers', async () => {
    const silent = createSocket('udp4');
    silent.bind(0, '127.0.0.1');
    await once(silent, 'listening');
    const input = { names: ['a.test'], resolvers: [`127.0.0.1:${silent.address().port}`], method: 'http-01' };
    expect(await run('domain.check', input, true)).toMatchObject({
      status: 'ERROR',
      failure: { code: 'OPERATION_CANCELLED' },
    });
    silent.close();
  });
});
