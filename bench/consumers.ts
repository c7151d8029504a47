import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { CONSUMERS, CONSUMER_NAMES, PROBE_PATH, type ConsumerName, type VhostSpec } from '../src/consumers/index.js';
import { ask } from '../workers/http/ask.js';
import { findWorkers } from '../workers/http/daemon.js';
import type { HttpChange } from '../workers/http/http-change.js';
import { PrivateHttpServer } from '../test/support/private-http-server.js';
import { stoppable } from './cleanup.js';
import type { Applied } from './consumers-apply.js';
import { makeSites } from './consumers-setting.js';
import { mustRun } from './processes.js';
import { duration, median, table } from './statistics.js';
import type { Findings, Suite } from './suite.js';

/** Sites, and how many of them have a certificate of their own: `10:10,1000:1000,1000:0,5000:100`. */
const SIZES = (process.env['BENCH_CONSUMERS'] ?? '10:10,1000:1000,1000:0,5000:100')
  .split(',')
  .map((size) => size.split(':').map(Number) as [number, number]);
/** Pound passes requests on: see `npm run bench -- pound`. */
const WEB_SERVERS = CONSUMER_NAMES.filter((name) => CONSUMERS[name].capabilities.servesFiles);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const CHILD = fileURLToPath(new URL('consumers-apply.ts', import.meta.url));
const LOOK_EVERY_MS = 100;

interface Measured {
  readonly all: Applied;
  readonly one: readonly Applied[];
  readonly bareMs: readonly number[];
  readonly serverMb: number;
}

async function applyInChild(web: PrivateHttpServer, changes: readonly HttpChange[]): Promise<Applied> {
  const file = `${web.root}/inputs.json`;
  await writeFile(file, JSON.stringify(changes.map((change) => web.call(change))));
  return JSON.parse(await mustRun('node', ['--import', '@oxc-node/core/register', CHILD, file])) as Applied;
}

/** What a shell script would do with the same files: the server's own check, its signal, and asking until it is so. */
async function bareReload(web: PrivateHttpServer, { uri }: VhostSpec): Promise<number> {
  const { consumer, server, directory } = web.target;
  const path = `${directory}/vhost.d/${uri}.conf`;
  const text = await readFile(path, 'utf8');
  const digest = consumer.digestOf([{ content: text }])!;
  const other = createHash('sha256').update(digest).digest('hex');
  await writeFile(path, text.replaceAll(digest, other));
  const began = performance.now();
  const { file, args } = consumer.commands.check(server, directory);
  await mustRun(file, args);
  process.kill((await web.master())!, consumer.daemon.reloadSignal);
  while ((await ask(server, { scheme: 'https', name: uri, path: PROBE_PATH }, 10_000)).body !== other) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return performance.now() - began;
}

/** The memory of master and workers together, shared pages counted once; at its most while `work` lasts. */
async function peakWhile(web: PrivateHttpServer, work: () => Promise<void>): Promise<number> {
  let peak = 0;
  const timer = setInterval(() => void memoryOf(web).then((mb) => (peak = Math.max(peak, mb))), LOOK_EVERY_MS);
  await work();
  clearInterval(timer);
  return Math.max(peak, await memoryOf(web));
}

async function memoryOf(web: PrivateHttpServer): Promise<number> {
  const [master, workers] = [await web.master(), await findWorkers(web.target)];
  const pids = [...(master === undefined ? [] : [master]), ...workers.map(({ pid }) => pid)];
  return pids.reduce((sum, pid) => sum + pssMb(pid), 0);
}

function pssMb(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

async function measure(consumer: ConsumerName, count: number, own: number): Promise<Measured> {
  const web = await PrivateHttpServer.make(consumer);
  const stop = stoppable(() => web.remove());
  try {
    const sites = await makeSites(web, count, own);
    const all = await applyInChild(web, [
      { type: 'SERVER' },
      ...sites.map((site): HttpChange => ({ type: 'SITE', site })),
    ]);
    const root = `${web.root}/www/other`;
    await mkdir(root, { recursive: true });
    await writeFile(`${root}/index.html`, 'other\n');
    const one: Applied[] = [];
    const bareMs: number[] = [];
    const serverMb = await peakWhile(web, async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const site = sites[round % sites.length]!;
        one.push(await applyInChild(web, [{ type: 'SITE', site: { ...site, application: { type: 'STATIC', root } } }]));
        bareMs.push(await bareReload(web, sites[(round + 1) % sites.length]!));
      }
    });
    return { all, one, bareMs, serverMb };
  } finally {
    await stop();
  }
}

function row(consumer: ConsumerName, [count, own]: readonly [number, number], found: Measured): string[] {
  const { all, one, bareMs, serverMb } = found;
  const at = (read: (applied: Applied) => number): string => duration(median(one.map(read)));
  return [
    `${consumer}, ${count.toLocaleString('en')} sites, ${own.toLocaleString('en')} certificates${count > own ? ' and one shared' : ''}`,
    duration(all.renderMs),
    duration(all.validateMs),
    duration(all.inForceMs),
    duration(all.wholeMs),
    at(({ validateMs }) => validateMs),
    at(({ inForceMs }) => inForceMs),
    at(({ wholeMs }) => wholeMs),
    duration(median(bareMs)),
    `${Math.max(all.peakMb, ...one.map(({ peakMb }) => peakMb)).toFixed(0)} MB`,
    `${serverMb.toFixed(0)} MB`,
  ];
}

export const consumers: Suite = {
  name: 'consumers',
  title: 'Web servers with many sites',

  async measure(): Promise<Findings> {
    const rows: string[][] = [];
    for (const size of SIZES) {
      for (const consumer of WEB_SERVERS) {
        const found = row(consumer, size, await measure(consumer, ...size));
        process.stderr.write(`${found.join(' | ')}\n`);
        rows.push(found);
      }
    }
    return {
      table: table([
        [
          '',
          'all: render',
          'validate',
          'in force',
          'whole',
          'one of them: validate',
          'in force',
          'whole',
          'bare check and reload',
          'runner, peak',
          'server, peak',
        ],
        ...rows,
      ]),
      remarks: [
        `All: one batch that starts the server with every site. One of them: a site changes among them; the median of ${ROUNDS}. Every site is static, with HTTP and HTTPS.`,
        'Validate: the commands that check, the start of the canary of apache included; the wait for its answer is in the whole only. In force: from the signal until every changed name was seen to be served by new connections, front pages included.',
        "Bare: the server's own check of the same files, its reload signal, and asking over HTTPS until the change is answered.",
        'Runner: VmHWM of a process that applies the batch and nothing else. Server: PSS of master and workers together during the reloads.',
      ],
    };
  },
};
