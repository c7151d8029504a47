import { startBare, type BareStart } from './bare-services.js';
import type { Usage } from './processes.js';
import { newRoot, startProduct } from './product.js';
import { newSite, prepare } from './setting.js';
import { duration, median, ratio, spreadOf, table } from './statistics.js';
import type { Findings, Suite } from './suite.js';

const ROUNDS = 3;
/** Memory is read when the caches of the start are as they stay. */
const SETTLING_MS = 3_000;

interface Round {
  readonly firstMs: number;
  readonly secondMs: number;
  readonly usages: readonly Usage[];
  readonly bareFirst: BareStart;
  readonly bareSecond: BareStart;
}

async function round(): Promise<Round> {
  const root = await newRoot();
  const first = await startProduct(root);
  const setting = await prepare(first);
  await first.api.perform('createSite', newSite(setting, 'start.bench.localhost'));
  await first.stop();
  const second = await startProduct(root);
  await new Promise((resolve) => setTimeout(resolve, SETTLING_MS));
  const usages = second.usage();
  await second.stop();
  const bareRoot = await newRoot();
  const bareFirst = await startBare(bareRoot);
  const bareSecond = await startBare(bareRoot);
  return { firstMs: first.readyMs, secondMs: second.readyMs, usages, bareFirst, bareSecond };
}

const PROGRAMS = ['node', 'mariadbd', 'redis-server', 'nginx'];

function memoryRow(name: string, of: readonly (readonly Usage[])[], read: (usage: Usage) => number): string[] {
  const perProgram = PROGRAMS.map((program) =>
    median(
      of.map((usages) => usages.filter((one) => one.program === program).reduce((sum, one) => sum + read(one), 0)),
    ),
  );
  const cells = perProgram.map((megabytes) => (megabytes === 0 ? '' : megabytes.toFixed(0)));
  return [name, ...cells, perProgram.reduce((sum, megabytes) => sum + megabytes, 0).toFixed(0)];
}

export const start: Suite = {
  name: 'start',
  title: `Cold start of \`hler up\` to ready (takes orders), ${ROUNDS} rounds`,

  async measure(): Promise<Findings> {
    const rounds: Round[] = [];
    for (let index = 0; index < ROUNDS; index += 1) {
      rounds.push(await round());
    }
    const times = (name: string, read: (round: Round) => number): string[] => {
      const { min, p50, max } = spreadOf(rounds.map(read));
      return [name, duration(p50), duration(min), duration(max)];
    };
    const at = (read: (round: Round) => number): number => median(rounds.map(read));
    const ours = rounds.map(({ usages }) => usages);
    const bare = rounds.map(({ bareSecond }) => bareSecond.usages);
    return {
      table: [
        table([
          ['', 'median', 'min', 'max'],
          times('`hler up`, first start', ({ firstMs }) => firstMs),
          times('bare, first start', ({ bareFirst }) => bareFirst.ms),
          times('`hler up`, second start', ({ secondMs }) => secondMs),
          times('bare, second start', ({ bareSecond }) => bareSecond.ms),
        ]),
        '',
        table([
          ['MB', ...PROGRAMS, 'all'],
          memoryRow('`hler up`, RSS', ours, ({ rssMb }) => rssMb),
          memoryRow('`hler up`, PSS', ours, ({ pssMb }) => pssMb),
          memoryRow('bare, RSS', bare, ({ rssMb }) => rssMb),
        ]),
      ].join('\n'),
      remarks: [
        `Over the bare start: ${ratio(
          at(({ firstMs }) => firstMs),
          at(({ bareFirst }) => bareFirst.ms),
        )} the first time, ${ratio(
          at(({ secondMs }) => secondMs),
          at(({ bareSecond }) => bareSecond.ms),
        )} the second.`,
        'Bare: MariaDB (its system tables installed the first time), Redis and `node -e 0`, started side by side.',
      ],
    };
  },
};
