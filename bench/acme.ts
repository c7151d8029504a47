import { certbot } from './acme/certbot.js';
import { keyFigures } from './acme/keys.js';
import { lego } from './acme/lego.js';
import { modMd } from './acme/mod-md.js';
import type { Obtain, Obtained } from './acme/obtain.js';
import { ours, THREADS } from './acme/ours.js';
import { throughProduct } from './acme/through-product.js';
import { BAD_NONCES, makeWorld, type CaCounts } from './acme/world.js';
import { duration, figure, median, spreadOf, table } from './statistics.js';
import type { Findings, Suite } from './suite.js';

/** How many certificates, measurement by measurement. */
const SIZES = (process.env['BENCH_ACME'] ?? '1,20,1000').split(',').map(Number);
/** Up to so many are got one after another, more of them several at a time. */
const IN_TURN = 20;
/** A client that is a process for each certificate: how many processes at a time, and how many certificates at most. */
const PROCESSES = Number(process.env['BENCH_ACME_PROCESSES'] ?? 8);
const MOST_PROCESSES = Number(process.env['BENCH_ACME_MOST'] ?? 100);

interface Contender {
  readonly name: string;
  readonly obtain: Obtain;
  readonly lanes: number;
  /** More are not measured, and what they would take is said. */
  readonly most?: number;
  /** Where more certificates are wanted, it is not measured at all. */
  readonly upTo?: number;
}

const byProcesses = { lanes: PROCESSES, most: MOST_PROCESSES };
const CONTENDERS: readonly Contender[] = [
  { name: 'Hlér', obtain: ours({ preflight: true }), lanes: PROCESSES },
  { name: 'Hlér, no preflight', obtain: ours({ preflight: false }), lanes: PROCESSES },
  { name: 'Hlér, mutation until served', obtain: throughProduct, lanes: 1, upTo: IN_TURN },
  { name: 'lego', obtain: lego, ...byProcesses },
  { name: 'certbot', obtain: certbot, ...byProcesses },
  { name: 'mod_md', obtain: modMd, lanes: 1 },
];

interface Measured extends Obtained {
  readonly contender: Contender;
  readonly size: number;
  /** Fewer than `size` where the client is too slow for it. */
  readonly count: number;
  readonly lanes: number;
  readonly ca: CaCounts;
}

async function measure(contender: Contender, size: number): Promise<Measured> {
  const count = Math.min(size, contender.most ?? size);
  const lanes = size <= IN_TURN ? 1 : contender.lanes;
  const names = Array.from({ length: count }, (_, index) => `c${index}.acme.bench.test`);
  const world = await makeWorld();
  try {
    const before = await world.counts();
    const obtained = await contender.obtain(world, names, lanes);
    const after = await world.counts();
    const since = (read: (counts: CaCounts) => number): number => read(after) - read(before);
    const ca = {
      requests: since(({ requests }) => requests),
      orders: since(({ orders }) => orders),
      certificates: since(({ certificates }) => certificates),
      cpuMs: since(({ cpuMs }) => cpuMs),
    };
    return { ...obtained, contender, size, count, lanes, ca };
  } finally {
    await world.stop();
  }
}

function row({ contender, count, lanes, eachMs, wholeMs, cpuMs, failures, ca }: Measured): string[] {
  const { p50, p95, max } = spreadOf(eachMs);
  return [
    `${contender.name}, ${count.toLocaleString('en')}${lanes > 1 ? `, ${lanes} at a time` : ''}`,
    duration(wholeMs),
    ...(eachMs.length === 0 ? ['', '', ''] : [duration(p50), duration(p95), duration(max)]),
    figure(ca.requests / count),
    duration(cpuMs / count),
    duration(ca.cpuMs / count),
    String(ca.orders - eachMs.length),
    String(failures.length),
  ];
}

function remarksOn(all: readonly Measured[]): readonly string[] {
  const of = (name: string): readonly Measured[] => all.filter(({ contender }) => contender.name === name);
  const inTurn = of('Hlér').findLast(({ lanes, count }) => lanes === 1 && count > 1);
  const most = of('Hlér').findLast(({ lanes }) => lanes > 1);
  return [
    ...(inTurn === undefined
      ? []
      : [`Target 60 ms: ${duration(median(inTurn.eachMs))} at the median, one after another.`]),
    ...(most === undefined
      ? []
      : [
          `Target 1,000 in 40 s without a failure: ${most.count.toLocaleString('en')} in ${duration(most.wholeMs)}, ${most.failures.length} failed; the process had ${figure(most.peakMb ?? 0)} MB at its most.`,
        ]),
    ...all
      .filter(({ count, size }) => count < size)
      .map(
        ({ contender, count, size, wholeMs }) =>
          `${contender.name} was measured with ${count} of ${size.toLocaleString('en')}: ${duration((wholeMs * size) / count)} for all is an extrapolation.`,
      ),
    ...all.flatMap(({ contender, failures }) => failures.slice(0, 1).map((reason) => `${contender.name}: ${reason}`)),
  ];
}

export const acme: Suite = {
  name: 'acme',
  title: 'Certificates from an ACME CA, beside rivals',

  async measure(): Promise<Findings> {
    const all: Measured[] = [];
    for (const size of SIZES) {
      for (const contender of CONTENDERS.filter(({ upTo = size }) => size <= upTo)) {
        const measured = await measure(contender, size);
        all.push(measured);
        process.stderr.write(`${row(measured).join(' | ')}\n`);
      }
    }
    const head = [
      '',
      'all',
      'each: p50',
      'p95',
      'max',
      'requests each',
      'CPU each',
      'CPU of the CA',
      'orders more',
      'failed',
    ];
    return {
      table: [table([head, ...all.map(row)]), '', await keyFigures()].join('\n'),
      remarks: [
        ...remarksOn(all),
        `Pebble, strict, ${BAD_NONCES} % of good nonces refused, no pauses, no reuse; new for each row. P-256, HTTP-01, one name each; the account is registered with the first certificate.`,
        `Hlér: the task in the threads of a runner's pool (${THREADS}: one for each core), key, order, request and store, each file synced; with preflight, DNS and challenge are looked at before the CA does. lego and certbot: a process for each certificate; the same web server serves their answers. mod_md: from the start of Apache until the files are there, one after another; the graceful restart is not in it.`,
        'Orders more: those that came to nothing. CPU: user and system, of the client with its children and threads; of the CA, what it had to do for it.',
        '`openssl`: one `openssl req -new -newkey` for each, so many processes at once. Pool: key and request in threads of Piscina, which are given back as PEM and DER; stored: the task `certificate.csr`.',
      ],
    };
  },
};
