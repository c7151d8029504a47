import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inLanes } from '../api.js';
import { removeAtEnd } from '../cleanup.js';
import { endedChildrenCpuMs, mustRun } from '../processes.js';
import { figure, table } from '../statistics.js';

const CHILD = fileURLToPath(new URL('keys.child.mjs', import.meta.url));
const POOL_SIZES = [1, 2, 4] as const;

/** How many of each: the dear ones take seconds all the same. */
const KEYS = [
  {
    keyType: 'EC_P256',
    title: 'P-256',
    newKey: 'ec',
    options: ['-pkeyopt', 'ec_paramgen_curve:P-256'],
    plain: 2_000,
    whole: 300,
    openssl: 100,
  },
  { keyType: 'RSA_2048', title: 'RSA 2048', newKey: 'rsa:2048', options: [], plain: 24, whole: 24, openssl: 24 },
] as const;
type Key = (typeof KEYS)[number];

interface Rate {
  readonly perSecond: number;
  readonly cpuMsEach: number;
}

interface PoolRates {
  /** Key and request in the threads, nothing on the disk. */
  readonly plain: Rate;
  /** The task `certificate.csr`: the key in its store, too, synced. */
  readonly whole: Rate;
}

async function inPool(threads: number, { keyType, plain, whole }: Key): Promise<PoolRates> {
  const directory = await mkdtemp(join(tmpdir(), 'hler-bench-keys-'));
  removeAtEnd(directory);
  const file = join(directory, 'wanted.json');
  await writeFile(file, JSON.stringify({ threads, keyType, plain, whole, directory }));
  return JSON.parse(await mustRun(process.execPath, [CHILD, file])) as PoolRates;
}

/** One `openssl req -new -newkey` for each, which is the cheapest way to have openssl make a key and a request. */
async function byOpenssl(lanes: number, { newKey, options, openssl }: Key): Promise<Rate> {
  const directory = await mkdtemp(join(tmpdir(), 'hler-bench-keys-'));
  const cpuBefore = endedChildrenCpuMs();
  const began = performance.now();
  await inLanes(
    Array.from({ length: openssl }, (_, index) => index),
    lanes,
    (index) =>
      mustRun(
        'openssl',
        [
          ['req', '-new', '-newkey', newKey, ...options, '-nodes', '-batch', '-subj', '/'],
          ['-addext', `subjectAltName=DNS:k${index}.bench.test`],
          ['-keyout', join(directory, `${index}.key`), '-out', join(directory, `${index}.csr`)],
        ].flat(),
      ),
  );
  const seconds = (performance.now() - began) / 1_000;
  const cpuMsEach = (endedChildrenCpuMs() - cpuBefore) / openssl;
  await rm(directory, { recursive: true });
  return { perSecond: openssl / seconds, cpuMsEach };
}

/** Keys with requests for a second, by how many work at once. */
export async function keyFigures(): Promise<string> {
  const rows: string[][] = [];
  for (const key of KEYS) {
    for (const size of POOL_SIZES) {
      const { plain, whole } = await inPool(size, key);
      const openssl = await byOpenssl(size, key);
      const rates = [plain, whole, openssl].flatMap(({ perSecond, cpuMsEach }) => [
        figure(perSecond),
        `${figure(cpuMsEach)} ms`,
      ]);
      rows.push([`${key.title}, ${size} at once`, ...rates]);
      process.stderr.write(`${rows.at(-1)!.join(' | ')}\n`);
    }
  }
  return table([
    [
      'keys and requests',
      'pool, per second',
      'CPU each',
      'pool, stored, per second',
      'CPU each',
      '`openssl`, per second',
      'CPU each',
    ],
    ...rows,
  ]);
}
