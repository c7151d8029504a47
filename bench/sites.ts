import { inLanes } from './api.js';
import { BareNginx } from './bare-nginx.js';
import { isServed, untilServed } from './handshake.js';
import { cpuMsOf } from './processes.js';
import { newRoot, startProduct, type Product } from './product.js';
import { newSite, prepare, reloadsOf, siteNames, type Setting } from './setting.js';
import { duration, ratio, spreadOf, table, type Spread } from './statistics.js';
import type { Findings, Suite } from './suite.js';

const SITES = 50;

interface Way {
  readonly each: Spread;
  readonly wholeMs: number;
  readonly reloads: number;
  /** Of all processes of the product. */
  readonly cpuMs: number;
}

/** createSite with HTTPS until our own handshake and request have seen it. */
async function ours(product: Product, setting: Setting, prefix: string, lanes: number): Promise<Way> {
  const { api, httpsPort } = product;
  const cpuBefore = cpuMsOf(product.usage());
  const started = performance.now();
  const each = await inLanes(siteNames(prefix, SITES), lanes, async (uri) => {
    const sent = performance.now();
    await api.perform('createSite', newSite(setting, uri));
    if (!(await isServed(uri, httpsPort))) {
      throw new Error(`${uri} is said to be served and is not.`);
    }
    return performance.now() - sent;
  });
  const wholeMs = performance.now() - started;
  const cpuMs = cpuMsOf(product.usage()) - cpuBefore;
  return { each: spreadOf(each), wholeMs, reloads: reloadsOf(await api.newest(SITES)), cpuMs };
}

async function bareInTurn(bare: BareNginx): Promise<Omit<Way, 'cpuMs'>> {
  const started = performance.now();
  const each = await inLanes(siteNames('bare-turn', SITES), 1, async (uri) => {
    const sent = performance.now();
    await bare.write(uri);
    await bare.checkAndReload();
    await untilServed(uri, bare.httpsPort);
    return performance.now() - sent;
  });
  return { each: spreadOf(each), wholeMs: performance.now() - started, reloads: SITES };
}

async function bareAtOnce(bare: BareNginx): Promise<Omit<Way, 'cpuMs'>> {
  const uris = siteNames('bare-once', SITES);
  const started = performance.now();
  await inLanes(uris, SITES, (uri) => bare.write(uri));
  await bare.checkAndReload();
  const each = await inLanes(uris, SITES, async (uri) => {
    await untilServed(uri, bare.httpsPort);
    return performance.now() - started;
  });
  return { each: spreadOf(each), wholeMs: performance.now() - started, reloads: 1 };
}

function row(
  name: string,
  { each, wholeMs, reloads, cpuMs }: Way | (Omit<Way, 'cpuMs'> & { cpuMs?: number }),
): string[] {
  const perSite = cpuMs === undefined ? '' : duration(cpuMs / SITES);
  return [
    name,
    duration(each.p50),
    duration(each.p95),
    duration(each.max),
    duration(wholeMs),
    String(reloads),
    perSite,
  ];
}

export const sites: Suite = {
  name: 'sites',
  title: `Mutation until served: createSite with HTTPS, ${SITES} sites`,

  async measure(): Promise<Findings> {
    const product = await startProduct(await newRoot());
    try {
      const setting = await prepare(product);
      await product.api.perform('createSite', newSite(setting, 'warm-up.bench.localhost'));
      const bare = await BareNginx.start(product, 'warm-up.bench.localhost');
      const turn = await ours(product, setting, 'turn', 1);
      const once = await ours(product, setting, 'once', SITES);
      const bareTurn = await bareInTurn(bare);
      const bareOnce = await bareAtOnce(bare);
      await bare.stop();
      return {
        table: table([
          ['', 'p50', 'p95', 'max', 'all', 'reloads', 'CPU per site'],
          row('Hlér, one after another', turn),
          row('bare, one after another', bareTurn),
          row('Hlér, at once', once),
          row('bare, at once', bareOnce),
        ]),
        remarks: [
          `Over the bare work: ${ratio(turn.each.p50, bareTurn.each.p50)} at the median one after another, ${ratio(once.wholeMs, bareOnce.wholeMs)} for all at once.`,
          'Bare: key and certificate made by the same code, files written without fsync, `nginx -t`, `nginx -s reload`, handshakes until one shows the new certificate; the same files and as many sites beside them.',
        ],
      };
    } finally {
      await product.stop();
    }
  },
};
