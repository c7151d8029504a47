import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../../workers/system/run-command.js';
import { findMaster } from '../../workers/http/daemon.js';
import { realEffects } from '../../workers/http/effects.js';
import { reloadOrStart } from '../../workers/http/reload.js';
import { load } from '../machine.js';
import { table } from '../statistics.js';
import { startFront, type Front } from './front.js';
import { startStorm, type Storm } from './storm.js';

/**
 * How long nobody listens while Pound takes a new configuration: by a successor, and, for comparison, as its manual has it (stop, then
 * start). `npm run bench -- pound [sites …]`; Pound 4 must be on the PATH, or is fetched by scripts/ensure-pound.sh.
 */
const ROUNDS = 5;
const BEFORE_MS = 300;

type Way = (front: Front) => Promise<void>;

const bySuccessor: Way = async ({ target }) => {
  await reloadOrStart(target, realEffects);
};

const byStopAndStart: Way = async ({ target, server }) => {
  const { commands, daemon } = target.consumer;
  const master = await findMaster(target);
  process.kill(master ?? 0, daemon.reloadSignal);
  const start = commands.start(server);
  // Refused while the ports are still held.
  while (!(await runCommand(start)).ok) {
    await sleep(1);
  }
};

async function measure(front: Front, way: Way): Promise<readonly (Storm & { readonly tookMs: number })[]> {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const end = startStorm(front.server, front.names[0] ?? '');
    await sleep(BEFORE_MS);
    const startedAt = performance.now();
    await way(front);
    const tookMs = performance.now() - startedAt;
    await sleep(BEFORE_MS);
    rounds.push({ ...(await end()), tookMs });
  }
  return rounds;
}

function row(name: string, rounds: readonly (Storm & { readonly tookMs: number })[]): string[] {
  const sorted = (read: (round: Storm & { readonly tookMs: number }) => number): readonly number[] =>
    rounds.map(read).toSorted((one, other) => one - other);
  const middle = (values: readonly number[]): string => (values[Math.floor(values.length / 2)] ?? 0).toFixed(0);
  const gaps = sorted(({ gapMs }) => gapMs);
  const sum = (read: (round: Storm) => number): number => rounds.reduce((total, each) => total + read(each), 0);
  return [
    name,
    `${middle(gaps)} ms`,
    `${(gaps.at(-1) ?? 0).toFixed(0)} ms`,
    String(sum(({ refused }) => refused)),
    String(sum(({ lost }) => lost)),
    String(sum(({ asked }) => asked)),
    `${middle(sorted(({ tookMs }) => tookMs))} ms`,
  ];
}

const sizes = process.argv.slice(2).map(Number).filter(Number.isInteger);
const rows: string[][] = [['', 'gap p50', 'gap max', 'refused', 'lost', 'asked', 'whole change p50']];
const before = load();
for (const size of sizes.length === 0 ? [10, 1_000] : sizes) {
  const front = await startFront(size);
  try {
    rows.push(row(`${size} sites, successor`, await measure(front, bySuccessor)));
    rows.push(row(`${size} sites, stop and start`, await measure(front, byStopAndStart)));
  } finally {
    await front.remove();
  }
}
process.stdout.write(`${table(rows)}\n\n${ROUNDS} rounds each; load ${before} before and ${load()} after.\n`);
