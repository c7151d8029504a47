import { appendFile, cp, readdir } from 'node:fs/promises';
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

/** One `verifyServer`, which is one operation for the server and every site on it. */
async function serverLeg(product: Product, name: string, serverId: string): Promise<Leg> {
  const { api } = product;
  const cpuBefore = cpuMsOf(product.usage());
  const began = performance.now();
  await api.perform('verifyServer', { serverId });
  const wholeMs = performance.now() - began;
  const cpuMs = cpuMsOf(product.usage()) - cpuBefore;
  const [operation] = await api.newest(1);
  const reloads = operation!.log.filter(({ message }) => message.includes('put in place, reloaded')).length;
  return { name, sentMs: 0, wholeMs, cpuMs, reloads: Math.min(reloads, 1) };
}

/** What an administrator's careless script does: every file of a site is no longer as it was rendered. */
async function changeEveryFile(product: Product): Promise<void> {
  const directory = join(product.root, 'config/nginx/vhost.d');
  for (const file of await readdir(directory)) {
    await appendFile(join(directory, file), '# changed by hand\n');
  }
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
        await serverLeg(product, 'verifyServer: all unchanged, one operation', setting.serverId),
      ];
      await changeEveryFile(product);
      legs.push(await serverLeg(product, 'verifyServer: every file re-rendered, one operation', setting.serverId));
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
