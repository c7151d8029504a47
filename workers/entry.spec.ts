import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { newId } from '../src/shared/ids.js';
import type { PlainObject } from '../src/shared/plain.js';
import entry from './entry.js';
import { TASKS } from './tasks/index.js';

async function run(task: string, input: PlainObject) {
  const { port1, port2 } = new MessageChannel();
  port2.unref();
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
