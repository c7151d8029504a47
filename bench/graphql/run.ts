/**
 * Our GraphQL driver against @nestjs/mercurius: the same schema, 20 sites of 9 fields, static.
 * `node --import @oxc-node/core/register bench/graphql/run.ts`; prints a Markdown table. The rival is skipped with a
 * line when it is not installed (`npm install --no-save @nestjs/mercurius@14.0.0 mercurius@16.10.1`).
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { load } from './load.js';
import { QUERY } from './schema.js';

const ROUNDS = 3;
const CONNECTIONS = 8;
const WARM_UP_SECONDS = 3;
const MEASURED_SECONDS = 5;

interface Usage {
  readonly cpuMicroseconds: number;
  readonly rssBytes: number;
}

interface Row {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly rssMegabytes: number;
}

async function answerOf<T>(child: ChildProcess): Promise<T> {
  const [message] = (await once(child, 'message')) as [T];
  return message;
}

async function usageOf(child: ChildProcess): Promise<Usage> {
  const answer = answerOf<Usage>(child);
  child.send('usage');
  return answer;
}

async function measure(server: string): Promise<Row> {
  const child = fork(fileURLToPath(new URL('server.ts', import.meta.url)), [server], {
    execArgv: ['--import', '@oxc-node/core/register'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const { url } = await answerOf<{ url: string }>(child);
  await load(url, QUERY, CONNECTIONS, WARM_UP_SECONDS);
  const before = await usageOf(child);
  const { requests, seconds, p50Ms, p99Ms } = await load(url, QUERY, CONNECTIONS, MEASURED_SECONDS);
  const after = await usageOf(child);
  child.disconnect();
  await once(child, 'exit');
  return {
    perSecond: requests / seconds,
    cpuMicroseconds: (after.cpuMicroseconds - before.cpuMicroseconds) / requests,
    p50Ms,
    p99Ms,
    rssMegabytes: after.rssBytes / 2 ** 20,
  };
}

function line(server: string, rows: readonly Row[]): string {
  const median = (read: (row: Row) => number): number =>
    rows.map(read).toSorted((a, b) => a - b)[rows.length >> 1] ?? 0;
  const perSecond = rows.map((row) => row.perSecond);
  const range = `${Math.min(...perSecond).toFixed(0)}-${Math.max(...perSecond).toFixed(0)}`;
  const cells = [
    `${median((row) => row.perSecond).toFixed(0)} (${range})`,
    `${median((row) => row.cpuMicroseconds).toFixed(0)} (${Math.min(...rows.map((row) => row.cpuMicroseconds)).toFixed(0)})`,
    median((row) => row.p50Ms).toFixed(2),
    median((row) => row.p99Ms).toFixed(1),
    median((row) => row.rssMegabytes).toFixed(0),
  ];
  return `| ${server} | ${cells.join(' | ')} |\n`;
}

async function isInstalled(name: string): Promise<boolean> {
  return import(name).then(
    () => true,
    () => false,
  );
}

const servers = ['hler'];
if (await isInstalled('@nestjs/mercurius')) {
  servers.push('mercurius');
} else {
  process.stdout.write('@nestjs/mercurius is not installed: only our own driver is measured.\n\n');
}
const rows = new Map<string, Row[]>(servers.map((server) => [server, []]));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const server of servers) {
    rows.get(server)?.push(await measure(server));
  }
}
process.stdout.write('| server | req/s median (min-max) | CPU µs/req median (min) | p50 ms | p99 ms | RSS MB |\n');
process.stdout.write('|---|---|---|---|---|---|\n');
for (const [server, measured] of rows) {
  process.stdout.write(line(server, measured));
}
