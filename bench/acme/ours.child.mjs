/**
 * `ours.child.mjs <calls.json>`: runs the calls in the pool of a runner and prints what it took. Plain JavaScript on what was built:
 * a loader for TypeScript would be in the figures, of the threads too.
 */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkerPool } from '../../dist/src/runner/worker-pool.js';

const { threads, tasks, lanes, calls } = JSON.parse(await readFile(process.argv[2], 'utf8'));
const pool = new WorkerPool(threads, tasks);
const eachMs = [];
const failures = [];

async function run(task, call) {
  const { signal } = new AbortController();
  const [result] = await pool.run({ task, mode: 'run', calls: [call], signal, onMessage: () => undefined });
  return result;
}

/** A runner has done something before: its threads have loaded the tasks. What only the ACME client needs they have not. */
async function warmUp() {
  const scratch = `${calls[0].input.acmeDirectory}-warm-up`;
  const places = { tlsDirectory: join(scratch, 'tls'), stagingDirectory: join(scratch, 'staging') };
  const wanted = { ...places, names: ['warm-up.test'], keyType: 'EC_P256', subject: {} };
  const one = () => ({ operationId: randomUUID(), outputs: {}, input: { ...wanted, certificateId: randomUUID() } });
  const results = await Promise.all(Array.from({ length: threads }, () => run('certificate.csr', one())));
  const failed = results.find(({ status }) => status !== 'SUCCESS');
  if (failed !== undefined) {
    throw new Error(failed.failure.summary);
  }
}

async function perform(call) {
  const began = performance.now();
  const result = await run('certificate.acme-issue', call);
  if (result.status === 'SUCCESS') {
    eachMs.push(performance.now() - began);
  } else {
    failures.push(result.failure?.summary ?? result.status);
  }
}

await warmUp();
const cpuBefore = process.cpuUsage();
const began = performance.now();
const [first, ...others] = calls;
await perform(first);
const queue = others.values();
await Promise.all(
  Array.from({ length: lanes }, async () => {
    for (const call of queue) {
      await perform(call);
    }
  }),
);
const wholeMs = performance.now() - began;
const { user, system } = process.cpuUsage(cpuBefore);
const peakMb = process.resourceUsage().maxRSS / 1024;
await pool.stop();
process.stdout.write(JSON.stringify({ eachMs, wholeMs, cpuMs: (user + system) / 1000, failures, peakMb }));
