/**
 * `ours.child.mjs <calls.json>`: runs the calls in the pool of a runner and prints what it took. Plain JavaScript on what was built:
 * a loader for TypeScript would be in the figures, of the threads too.
 */
import { readFile } from 'node:fs/promises';
import { WorkerPool } from '../../dist/src/runner/worker-pool.js';

const { threads, lanes, calls } = JSON.parse(await readFile(process.argv[2], 'utf8'));
const pool = new WorkerPool(threads);
const { signal } = new AbortController();
const eachMs = [];
const failures = [];

async function perform(call) {
  const began = performance.now();
  const [result] = await pool.run({
    task: 'certificate.acme-issue',
    mode: 'run',
    calls: [call],
    signal,
    onMessage: () => undefined,
  });
  if (result.status === 'SUCCESS') {
    eachMs.push(performance.now() - began);
  } else {
    failures.push(result.failure?.summary ?? result.status);
  }
}

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
