import { inLanes } from './api.js';
import { atRate, bareRoundTrips } from './bare-queue.js';
import { cpuMsOf } from './processes.js';
import { newRoot, startProduct } from './product.js';
import { newSite, prepare, reloadsOf, siteNames } from './setting.js';
import { duration, figure, spreadOf, table, type Spread } from './statistics.js';
import type { Findings, Suite } from './suite.js';

const PER_SECOND = Number(process.env['BENCH_RATE'] ?? 50);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 20);
const COUNT = PER_SECOND * SECONDS;
const SITES = Math.max(20, PER_SECOND * 2);
const WARM_UP = PER_SECOND * 2;

export const queue: Suite = {
  name: 'queue',
  title: `Mutation until the runner has started: verifySite, ${PER_SECOND}/s for ${SECONDS} s, ${SITES} sites`,

  async measure(): Promise<Findings> {
    const product = await startProduct(await newRoot());
    try {
      const { api } = product;
      const setting = await prepare(product);
      const ids = await inLanes(siteNames('queue', SITES), 25, (uri) =>
        api.perform('createSite', newSite(setting, uri)),
      );
      const verify = async (index: number) => {
        const sent = Date.now();
        const { operationId } = await api.start('verifySite', { siteId: ids[index % SITES] });
        return { operationId, sent, answeredMs: Date.now() - sent };
      };
      await atRate(PER_SECOND, WARM_UP, verify);
      await api.idle();
      const cpuBefore = cpuMsOf(product.usage());
      const sent = new Map((await atRate(PER_SECOND, COUNT, verify)).map((one) => [one.operationId, one]));
      await api.idle();
      const cpuMs = cpuMsOf(product.usage()) - cpuBefore;
      const operations = await api.newest(COUNT);
      const since = (read: (operation: (typeof operations)[number]) => string | null | undefined): Spread =>
        spreadOf(operations.map((one) => Date.parse(read(one) ?? '') - sent.get(one.id)!.sent));
      const started = since(({ tasks }) => tasks[0]?.startedAt);
      const bare = spreadOf(await bareRoundTrips(PER_SECOND, COUNT));
      return {
        table: table([
          ['', 'p50', 'p95', 'p99', 'max'],
          row('mutation → first task started (`task-started` of the runner)', started),
          row('mutation → answer of the API', spreadOf([...sent.values()].map(({ answeredMs }) => answeredMs))),
          row(
            'mutation → operation ended',
            since(({ finishedAt }) => finishedAt),
          ),
          row('bare Bull: add → processor', bare),
        ]),
        remarks: [
          `${figure(cpuMs / COUNT)} ms of CPU for each operation, of all processes together; ${reloadsOf(operations)} reloads; ${share(started.p95 - bare.p95, started.p95)} % of the p95 is ours, not the queue's.`,
        ],
      };
    } finally {
      await product.stop();
    }
  },
};

const share = (part: number, whole: number): string => figure((part * 100) / whole);

function row(name: string, { p50, p95, p99, max }: Spread): string[] {
  return [name, ...[p50, p95, p99, max].map(duration)];
}
