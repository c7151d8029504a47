import { join } from 'node:path';
import { z } from 'zod';
import { joinPem } from '../../src/certificates/domain/strict-pem.js';
import type { Secret } from '../../src/shared/secret.js';

/** Directories of the store are for its owner alone, files for its owner to read: a running server has them open already. */
export const DIRECTORY_MODE = 0o700;
export const FILE_MODE = 0o400;

/** How many generations of a certificate stay, of whatever keys: the one in force, and two to go back to. */
export const GENERATIONS_KEPT = 3;

export interface KeyAndCertificate {
  readonly privateKey: Secret;
  readonly certificatePem: string;
  readonly chainPem: string;
}

/** Where a generation came from: public, kept beside it, so that a task that is run again knows what it made itself. */
export const generationRecord = z.object({
  certificateId: z.string(),
  operationId: z.string(),
  /** What `live` pointed to before; null when this was the first of its key. */
  previousGeneration: z.number().int().nullable(),
  /** The key that served this certificate before, when it was another one. */
  previousSpki: z.string().nullable(),
});
export type GenerationRecord = z.infer<typeof generationRecord>;

export const RECORD_FILE = 'generation.json';
export const PEM_FILES = ['privkey.pem', 'cert.pem', 'chain.pem', 'fullchain.pem', 'combined.pem'] as const;
export type PemFile = (typeof PEM_FILES)[number];

/** nginx and apache take `fullchain` and `privkey`; pound takes `combined`: certificate, chain, key, in that order. */
export function renderPemFiles(pair: KeyAndCertificate): Readonly<Record<PemFile, string>> {
  const { certificatePem, chainPem } = pair;
  const key = pair.privateKey.reveal();
  return {
    'privkey.pem': joinPem(key),
    'cert.pem': joinPem(certificatePem),
    'chain.pem': joinPem(chainPem),
    'fullchain.pem': joinPem(certificatePem, chainPem),
    'combined.pem': joinPem(certificatePem, chainPem, key),
  };
}

const place = z.object({ spki: z.string(), generation: z.number().int() });
export type GenerationPlace = z.infer<typeof place>;

/** The last time a certificate was rolled back: a task that is run again finds that it has done so. */
export const rollbackRecord = z.object({
  operationId: z.string(),
  from: place,
  to: place,
  /** What the first of several rollbacks in a row went back from; left out: `from`. */
  newest: place.optional(),
});
export type RollbackRecord = z.infer<typeof rollbackRecord>;

/** The paths inside a store: `<spki>/{gen-N/…, live}`, `by-certificate/{<id>, <id>.next, <id>.rollback, <id>.revoked}`, `requests/<id>/…`. */
export class TlsLayout {
  readonly byCertificate: string;

  constructor(readonly root: string) {
    this.byCertificate = join(root, 'by-certificate');
  }

  key(spki: string): string {
    return join(this.root, spki);
  }

  generation(spki: string, generation: number): string {
    return join(this.key(spki), generationName(generation));
  }

  live(spki: string): string {
    return join(this.key(spki), 'live');
  }

  /** Which key serves the certificate. */
  link(certificateId: string): string {
    return join(this.byCertificate, certificateId);
  }

  rollback(certificateId: string): string {
    return join(this.byCertificate, `${certificateId}.rollback`);
  }

  revoked(certificateId: string): string {
    return join(this.byCertificate, `${certificateId}.revoked`);
  }

  /** Which key is about to serve it: written first, so that whoever comes after a kill finds what was begun. */
  intent(certificateId: string): string {
    return join(this.byCertificate, `${certificateId}.next`);
  }
}

export function generationName(generation: number): string {
  return `gen-${generation}`;
}

/** The number in `gen-N`, or undefined for any other name. */
export function generationNumber(name: string): number | undefined {
  const digits = /^gen-([1-9]\d{0,8})$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The newest stay, and the one in force and the one before it, however old: an undo goes back to that. */
export function generationsToRemove(
  generations: readonly number[],
  live: number,
  before: number | null = null,
): readonly number[] {
  const newestFirst = generations.toSorted((one, other) => other - one);
  return newestFirst.slice(GENERATIONS_KEPT).filter((generation) => generation !== live && generation !== before);
}
