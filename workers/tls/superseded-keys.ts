import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readRecord, readRollback } from './generation-files.js';
import { generationsOf, linkedSpki, liveGeneration } from './stored-generation.js';
import {
  GENERATIONS_KEPT,
  type GenerationPlace,
  type GenerationRecord,
  type RollbackRecord,
  type TlsLayout,
} from './tls-layout.js';

/**
 * Keys that served a certificate longer ago than anybody goes back to: older than the generation in force and the two before it, and what it
 * was rolled back from once something newer is in force. Never one that serves any certificate, or that another certificate has a generation
 * of. The oldest come first: whoever discards them in this order can be killed, and the rest is found again. Changes nothing.
 */
export async function supersededKeys(layout: TlsLayout, certificateId: string): Promise<readonly string[]> {
  const old = await keysOutOfReach(layout, certificateId);
  if (old.length === 0) {
    return [];
  }
  const serving = await servingKeys(layout);
  const own = await Promise.all(
    old.map(async (spki) => !serving.has(spki) && (await isOnlyOf(layout, spki, certificateId))),
  );
  return old.filter((_, index) => own[index] === true);
}

/** What the first of several rollbacks in a row went back from, as nothing else leads there any more; undefined for the first itself. */
export async function whereRollbacksBegan(
  layout: TlsLayout,
  certificateId: string,
  { from }: Pick<RollbackRecord, 'from'>,
): Promise<GenerationPlace | undefined> {
  const before = await readRollback(layout, certificateId);
  return before && isSame(before.to, from) ? (before.newest ?? before.from) : undefined;
}

async function keysOutOfReach(layout: TlsLayout, certificateId: string): Promise<readonly string[]> {
  const inForce = await liveOf(layout, await linkedSpki(layout.link(certificateId)));
  if (inForce === undefined) {
    return [];
  }
  const depths = new Map<string, number>();
  await goBack(layout, certificateId, depths, inForce, 0);
  const { from, to, newest = from } = (await readRollback(layout, certificateId)) ?? {};
  if (newest !== undefined && ![from, to].some((place) => isSame(place, inForce))) {
    await goBack(layout, certificateId, depths, newest, GENERATIONS_KEPT);
  }
  return [...depths].flatMap(([spki, depth]) => (depth < GENERATIONS_KEPT ? [] : [spki])).toReversed();
}

/** Notes how many generations of the certificate ago each key was in force last. */
async function goBack(
  layout: TlsLayout,
  certificateId: string,
  depths: Map<string, number>,
  from: GenerationPlace,
  depth: number,
): Promise<void> {
  const seen = new Set<string>();
  let level: readonly GenerationPlace[] = [from];
  for (let ago = depth; level.length > 0; ago += 1) {
    const before: GenerationPlace[] = [];
    for (const { spki, generation } of level) {
      const path = layout.generation(spki, generation);
      const record = seen.has(path) ? undefined : await readRecord(path).catch(() => undefined);
      seen.add(path);
      if (record !== undefined) {
        depths.set(spki, Math.min(ago, depths.get(spki) ?? ago));
        before.push(...(await placesBefore(layout, certificateId, spki, record)));
      }
    }
    level = before;
  }
}

/** Both the generation that its key had, and the one of another key that served the certificate; of another certificate's only the first. */
async function placesBefore(
  layout: TlsLayout,
  certificateId: string,
  spki: string,
  record: GenerationRecord,
): Promise<readonly GenerationPlace[]> {
  const { previousGeneration, previousSpki } = record;
  const ofKey = previousGeneration === null ? undefined : { spki, generation: previousGeneration };
  const ofOther = record.certificateId === certificateId ? await liveOf(layout, previousSpki ?? undefined) : undefined;
  return [ofKey, ofOther].filter((place) => place !== undefined);
}

async function liveOf(layout: TlsLayout, spki: string | undefined): Promise<GenerationPlace | undefined> {
  const generation = spki === undefined ? undefined : await liveGeneration(layout, spki);
  return spki === undefined || generation === undefined ? undefined : { spki, generation };
}

function isSame(one: GenerationPlace | undefined, other: GenerationPlace): boolean {
  return one?.spki === other.spki && one.generation === other.generation;
}

/** Those that any certificate is served by, or is about to be. */
async function servingKeys(layout: TlsLayout): Promise<ReadonlySet<string | undefined>> {
  const links = (await readdir(layout.byCertificate)).filter((name) => !/\.(rollback|revoked)$/.test(name));
  return new Set(await Promise.all(links.map((name) => linkedSpki(join(layout.byCertificate, name)))));
}

async function isOnlyOf(layout: TlsLayout, spki: string, certificateId: string): Promise<boolean> {
  const generations = await generationsOf(layout, spki);
  const records = await Promise.all(
    generations.map((generation) => readRecord(layout.generation(spki, generation)).catch(() => undefined)),
  );
  return records.every((record) => record?.certificateId === certificateId);
}
