import { CONSUMER_NAMES } from '../src/consumers/index.js';
import { swapStorm, type SwapStormEnd } from '../test/storm/swap-storm.js';
import { duration, figure, spreadOf, table } from './statistics.js';
import type { Findings, Suite } from './suite.js';

const SWAPS = Number(process.env['BENCH_SWAPS'] ?? 200);
const HANDSHAKES = Number(process.env['BENCH_HANDSHAKES'] ?? 100_000);
const CLIENTS = 2;
const LANES = 8;

const failed = ({ failures }: SwapStormEnd): number => Object.values(failures).reduce((sum, count) => sum + count, 0);

function row(consumer: string, end: SwapStormEnd): string[] {
  const { p50, p95, max } = spreadOf(end.swapMs);
  return [
    consumer,
    String(end.swaps),
    end.handshakes.toLocaleString('en'),
    String(failed(end)),
    figure((end.handshakes * 1000) / end.wholeMs),
    duration(p50),
    duration(p95),
    duration(max),
  ];
}

function remarksOn(consumer: string, { failures, strange }: SwapStormEnd): readonly string[] {
  const said = Object.entries(failures).map(([what, count]) => `${consumer}: ${count} × ${what}.`);
  return [
    ...said,
    ...(strange.length === 0 ? [] : [`${consumer}: ${strange.length} certificates of nobody were shown.`]),
  ];
}

export const storm: Suite = {
  name: 'storm',
  title: `${SWAPS} certificate swaps in a storm of handshakes`,

  async measure(): Promise<Findings> {
    const ends: [string, SwapStormEnd][] = [];
    for (const consumer of CONSUMER_NAMES) {
      const end = await swapStorm(consumer, { swaps: SWAPS, handshakes: HANDSHAKES, clients: CLIENTS, lanes: LANES });
      ends.push([consumer, end]);
    }
    return {
      table: table([
        ['', 'swaps', 'handshakes', 'failed', 'handshakes/s', 'swap p50', 'p95', 'max'],
        ...ends.map(([consumer, end]) => row(consumer, end)),
      ]),
      remarks: [
        ...ends.flatMap(([consumer, end]) => remarksOn(consumer, end)),
        `${CLIENTS} processes of Node.js with ${LANES} connections each, TLS 1.3, no resumption, one site; a failure is whatever is not a finished handshake.`,
        'A swap is the apply of the product, until the new certificate is seen to be served: another key and a new generation of the same key in turn.',
      ],
    };
  },
};
