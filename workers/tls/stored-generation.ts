import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { isSpki } from '../../src/certificates/domain/spki.js';
import { readGeneration, type GenerationContent } from './generation-files.js';
import { ifPresent, inTermsOfWorld, readLinkIfPresent } from './private-files.js';
import { generationNumber, TlsLayout } from './tls-layout.js';

export interface StoredGeneration extends GenerationContent {
  readonly spki: string;
  readonly generation: number;
  /** The key's directory; servers are pointed at `live/` in it. */
  readonly directory: string;
}

/**
 * What is in force for a key: all of it from one generation, even while another is being put in force. Changes nothing.
 *
 * @throws DomainError CERTIFICATE_FILES_INVALID when its files are incomplete, READ_ONLY when they cannot be read
 */
export async function findStored(tlsDirectory: string, spki: string): Promise<StoredGeneration | undefined> {
  return inTermsOfWorld(tlsDirectory, () => readLive(new TlsLayout(tlsDirectory), spki));
}

/** The key that serves a certificate now; undefined when nothing is stored for it. Changes nothing. @throws DomainError READ_ONLY */
export async function spkiInForce(tlsDirectory: string, certificateId: string): Promise<string | undefined> {
  return inTermsOfWorld(tlsDirectory, () => linkedSpki(new TlsLayout(tlsDirectory).link(certificateId)));
}

/** The numbers of a key's generations, in no order; none when there is no such key. */
export async function generationsOf(layout: TlsLayout, spki: string): Promise<readonly number[]> {
  const names = (await ifPresent(readdir(layout.key(spki)))) ?? [];
  return names.map(generationNumber).filter((generation) => generation !== undefined);
}

export async function liveGeneration(layout: TlsLayout, spki: string): Promise<number | undefined> {
  return generationNumber((await readLinkIfPresent(layout.live(spki))) ?? '');
}

export async function readLive(layout: TlsLayout, spki: string): Promise<StoredGeneration | undefined> {
  const generation = await liveGeneration(layout, spki);
  return generation === undefined ? undefined : readStored(layout, spki, generation);
}

export async function readStored(layout: TlsLayout, spki: string, generation: number): Promise<StoredGeneration> {
  const content = await readGeneration(layout.generation(spki, generation));
  return { ...content, spki, generation, directory: layout.key(spki) };
}

/** The key that a link in `by-certificate` leads to. */
export async function linkedSpki(link: string): Promise<string | undefined> {
  const spki = basename((await readLinkIfPresent(link)) ?? '');
  return isSpki(spki) ? spki : undefined;
}
