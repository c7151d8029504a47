/** `keys.child.mjs <wanted.json>`: makes keys and requests in a pool of so many threads, and prints the rates. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Piscina } from 'piscina';
import { WorkerPool } from '../../dist/src/runner/worker-pool.js';

const { threads, keyType, plain, whole, directory } = JSON.parse(await readFile(process.argv[2], 'utf8'));

async function rateOf(count, make) {
  // So that every thread has loaded what it needs.
  await Promise.all(Array.from({ length: threads * 2 }, (_, index) => make(-1 - index)));
  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  await Promise.all(Array.from({ length: count }, (_, index) => make(index)));
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { perSecond: count / seconds, cpuMsEach: (user + system) / 1_000 / count };
}

async function inPlainPool() {
  const filename = new URL('key.worker.mjs', import.meta.url).href;
  const pool = new Piscina({ filename, minThreads: threads, maxThreads: threads });
  const rate = await rateOf(plain, (index) => pool.run({ keyType, names: [`k${Math.abs(index)}.bench.test`] }));
  await pool.close({ force: true });
  return rate;
}

async function inRunnersPool() {
  const pool = new WorkerPool(threads, threads);
  const rate = await rateOf(whole, async (index) => {
    const input = {
      certificateId: randomUUID(),
      names: [`k${Math.abs(index)}.bench.test`],
      keyType,
      subject: {},
      tlsDirectory: join(directory, 'tls'),
      stagingDirectory: join(directory, 'staging'),
    };
    const { signal } = new AbortController();
    const calls = [{ operationId: randomUUID(), outputs: {}, input }];
    const [result] = await pool.run({
      task: 'certificate.csr',
      mode: 'run',
      calls,
      signal,
      onMessage: () => undefined,
    });
    if (result.status !== 'SUCCESS') {
      throw new Error(result.failure?.summary ?? result.status);
    }
  });
  await pool.stop();
  return rate;
}

process.stdout.write(JSON.stringify({ plain: await inPlainPool(), whole: await inRunnersPool() }));
