import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { inLanes } from './api.js';
import { BareNginx } from './bare-nginx.js';
import { untilServed } from './handshake.js';
import { cpuMsOf } from './processes.js';
import { newRoot, startProduct, type Product } from './product.js';
import { newSite, prepare, reloadsOf, siteNames } from './setting.js';
import { duration, median, table } from './statistics.js';
import type { Findings, Suite } from './suite.js';

const SITES = Number(process.env['BENCH_SITES'] ?? 2000);
const LANES = 32;

interface Leg {
  readonly name: string;
  readonly sentMs: number;
  readonly wholeMs: number;
  readonly cpuMs: number;
  readonly reloads: number;
}

/** One mutation for each of `items`, so many under way at a time, and the time until the last operation has ended. */
async function leg<T>(
  product: Product,
  name: string,
  items: readonly T[],
  start: (item: T) => Promise<unknown>,
): Promise<Leg> {
  const { api } = product;
  const cpuBefore = cpuMsOf(product.usage());
  const began = performance.now();
  await inLanes(items, LANES, start);
  const sentMs = performance.now() - began;
  await api.idle();
  const wholeMs = performance.now() - began;
  const cpuMs = cpuMsOf(product.usage()) - cpuBefore;
  return { name, sentMs, wholeMs, cpuMs, reloads: reloadsOf(await api.newest(items.length)) };
}

/** `nginx -t`, reload and a handshake with the files of the product as they are. */
async function bareReloads(product: Product, uri: string): Promise<number> {
  const bare = await BareNginx.start(product, uri);
  const from = join(product.root, 'config/nginx/vhost.d');
  await cp(from, join(bare.root, 'config/nginx/vhost.d'), { recursive: true });
  await bare.moveVhosts();
  const times: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const began = performance.now();
    await bare.checkAndReload();
    await untilServed(uri, bare.httpsPort);
    times.push(performance.now() - began);
  }
  await bare.stop();
  return median(times);
}

export const scale: Suite = {
  name: 'scale',
  title: `${SITES.toLocaleString('en')} sites on one server`,

  async measure(): Promise<Findings> {
    const product = await startProduct(await newRoot());
    try {
      const { api } = product;
      const setting = await prepare(product);
      const ids: string[] = [];
      const legs = [
        await leg(product, 'created, with HTTPS', siteNames('scale', SITES), async (uri) => {
          ids.push((await api.start('createSite', newSite(setting, uri))).subjectId);
        }),
        await leg(product, 'verified, all unchanged', ids, (siteId) => api.start('verifySite', { siteId })),
        await leg(product, 're-rendered: setHttps REQUIRED on each', ids, (siteId) =>
          api.start('setHttps', { siteId, https: 'REQUIRED' }),
        ),
      ];
      const memory = product.usage().map(({ program, rssMb }) => `${program} ${rssMb.toFixed(0)} MB`);
      const bareMs = await bareReloads(product, siteNames('scale', 1)[0]!);
      return {
        table: table([
          ['', 'all', 'a site', 'CPU a site', 'mutations sent in', 'reloads'],
          ...legs.map(({ name, sentMs, wholeMs, cpuMs, reloads }) => [
            name,
            duration(wholeMs),
            duration(wholeMs / SITES),
            duration(cpuMs / SITES),
            duration(sentMs),
            String(reloads),
          ]),
          ['bare: `nginx -t`, reload and handshake with the same files', duration(bareMs), '', '', '', '1'],
        ]),
        remarks: [`RSS at the end: ${memory.join(', ')}.`, `${LANES} mutations under way at a time.`],
      };
    } finally {
      await product.stop();
    }
  },
};
