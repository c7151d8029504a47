import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ConsumerName } from '../../src/consumers/index.js';
import type { HttpChange } from '../../workers/http/http-change.js';
import { name, PrivateHttpServer, succeeded } from '../support/private-http-server.js';
import type { StormCounts } from './storm-client.js';
import { Storm } from './storm.js';

export interface SwapStorm {
  readonly swaps: number;
  /** Goes on shaking hands after the last swap until there were so many. */
  readonly handshakes: number;
  readonly clients: number;
  readonly lanes: number;
}

export interface SwapStormEnd extends StormCounts {
  readonly swaps: number;
  readonly swapMs: readonly number[];
  readonly wholeMs: number;
  /** Certificates that were shown and are none of the site's. */
  readonly strange: readonly string[];
}

const NAME = 'stormy.test';
const LOOK_EVERY_MS = 200;

/**
 * Exchanges the certificate of a site over and over, as its operations do (another key, then a new generation of the same key),
 * while clients do nothing but shake hands with it. Each swap returns when the new certificate is seen to be served.
 */
export async function swapStorm(
  consumer: ConsumerName,
  { swaps, handshakes, clients, lanes }: SwapStorm,
): Promise<SwapStormEnd> {
  const web = await PrivateHttpServer.make(consumer);
  let storm: Storm | undefined;
  try {
    const keys = [await web.certificate(NAME), await web.certificate(NAME)];
    const site = await web.site(NAME, { https: 'ENABLED' });
    const known = new Set<string>();
    const serve = async (spki: string): Promise<void> => {
      known.add(await fingerprintOf(web, spki));
      const change: HttpChange = { type: 'SITE', site: { ...site, names: [name(NAME, { certificate: spki })] } };
      succeeded((await web.apply([change], { inForceWithinMs: 20_000 }))[0]);
    };
    await serve(keys[0]!);
    const began = performance.now();
    storm = await Storm.start({ port: web.server.httpsPort, name: NAME, lanes }, clients);
    const swapMs: number[] = [];
    for (let swap = 1; swap <= swaps; swap += 1) {
      const started = performance.now();
      const spki = keys[Math.floor(swap / 2) % 2]!;
      if (swap % 2 === 1) {
        await web.renewWithSameKey(spki, NAME);
      }
      await serve(spki);
      swapMs.push(performance.now() - started);
    }
    while (storm.counts().handshakes < handshakes) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    const counts = await storm.stop();
    const strange = Object.keys(counts.shown).filter((fingerprint) => !known.has(fingerprint));
    return { ...counts, swaps, swapMs, wholeMs: performance.now() - began, strange };
  } finally {
    await storm?.stop();
    await web.remove();
  }
}

async function fingerprintOf({ server }: PrivateHttpServer, spki: string): Promise<string> {
  return new X509Certificate(await readFile(`${server.paths.tls}/${spki}/live/fullchain.pem`)).fingerprint256;
}
