import { createPrivateKey, createPublicKey } from 'node:crypto';
import { rename, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { spkiOf } from '../../src/certificates/domain/spki.js';
import { errnoOf } from '../system/fs-error.js';
import { readRecord, readRollback, writeGeneration } from './generation-files.js';
import {
  ifPresent,
  inTermsOfWorld,
  makePrivateDirectory,
  moveInto,
  Staging,
  syncDirectory,
  writePrivateFile,
} from './private-files.js';
import { makeStoreDirectory, type TlsStorePlaces } from './store-places.js';
import {
  generationsOf,
  linkedSpki,
  liveGeneration,
  readLive,
  readStored,
  type StoredGeneration,
} from './stored-generation.js';
import { supersededKeys, whereRollbacksBegan } from './superseded-keys.js';
import {
  generationName,
  generationsToRemove,
  TlsLayout,
  type GenerationRecord,
  type KeyAndCertificate,
  type RollbackRecord,
} from './tls-layout.js';

export interface NewGeneration extends KeyAndCertificate {
  readonly certificateId: string;
  readonly operationId: string;
}

/**
 * Keys and certificates on a server's disk: `<spki>/gen-N/{privkey,cert,chain,fullchain,combined}.pem` and `live → gen-N`,
 * directories 0700, files 0400 whatever the umask. A generation is whole before it has its name and never changes after;
 * `live` moves by one rename. Killed at any point, a reader sees the old pair or the new one, never a mix, and
 * the next call for the same certificate finishes or forgets what was begun: no second key, no key left over.
 * A certificate keeps the generation in force and two to go back to, of whatever keys; see `supersededKeys`.
 * One caller at a time per certificate id; different certificates do not disturb one another.
 * Errors: DISK_FULL, READ_ONLY, CONFIG_INVALID (under a document root, staging on another file system).
 */
export class TlsStore {
  private constructor(
    private readonly layout: TlsLayout,
    private readonly stagingRoot: string,
  ) {}

  static async open(places: TlsStorePlaces): Promise<TlsStore> {
    const layout = new TlsLayout(places.tlsDirectory);
    await makeStoreDirectory(places, layout.byCertificate);
    return new TlsStore(layout, places.stagingDirectory);
  }

  /**
   * Stores a pair as the newest generation of its key and puts it in force. The pair is the caller's to have checked.
   * When it fails half-way it takes back what it did, as far as the file system lets it; the next call does the rest.
   */
  async put(request: NewGeneration): Promise<StoredGeneration> {
    return inTermsOfWorld(this.layout.root, async () => {
      try {
        return await this.store(request);
      } catch (error) {
        await this.abandon(request).catch(() => undefined);
        throw error;
      }
    });
  }

  /**
   * What is in force for a certificate, once an interrupted `put` has been finished or forgotten.
   *
   * @throws DomainError CERTIFICATE_FILES_INVALID when its files are incomplete
   */
  async findByCertificate(certificateId: string): Promise<StoredGeneration | undefined> {
    return inTermsOfWorld(this.layout.root, async () => {
      await this.discardSuperseded(await this.prepare(certificateId), certificateId);
      const spki = await linkedSpki(this.layout.link(certificateId));
      return spki === undefined ? undefined : readLive(this.layout, spki);
    });
  }

  /** Takes one generation back: what was in force before it is in force again, or the key is gone. Idempotent. */
  async retract(certificateId: string, spki: string, generation: number): Promise<void> {
    return inTermsOfWorld(this.layout.root, async () => {
      const { layout } = this;
      const staging = await this.prepare(certificateId);
      const generations = await generationsOf(this.layout, spki);
      if (!generations.includes(generation)) {
        return;
      }
      const record = await readRecord(layout.generation(spki, generation));
      const previous = record.previousGeneration;
      if ((await liveGeneration(this.layout, spki)) !== generation) {
        await staging.discard(layout.generation(spki, generation));
      } else if (previous !== null && generations.includes(previous)) {
        await staging.replaceLink(layout.live(spki), generationName(previous));
        await this.relink(staging, record, spki);
        await staging.discard(layout.generation(spki, generation));
      } else {
        await this.relink(staging, record, spki);
        await staging.discard(layout.key(spki));
      }
    });
  }

  /** What was in force before what is in force now; undefined when there is none, or not any more. */
  async findPrevious(certificateId: string): Promise<StoredGeneration | undefined> {
    return inTermsOfWorld(this.layout.root, async () => {
      const live = await this.findByCertificate(certificateId);
      if (live === undefined) {
        return undefined;
      }
      const { previousGeneration, previousSpki } = live.record;
      const previous =
        previousGeneration === null
          ? previousSpki === null
            ? undefined
            : await readLive(this.layout, previousSpki)
          : await this.readIfKept(live.spki, previousGeneration);
      return previous?.record.certificateId === certificateId ? previous : undefined;
    });
  }

  /** The generation that this operation has rolled back to already, before it was killed and run again. */
  async findRollback(certificateId: string, operationId: string): Promise<RollbackRecord | undefined> {
    return inTermsOfWorld(this.layout.root, async () => {
      const record = await readRollback(this.layout, certificateId);
      return record?.operationId === operationId ? record : undefined;
    });
  }

  /** Puts a kept generation in force, by one rename. Idempotent; nothing is removed, so that `from` can come back. */
  async rollBack(certificateId: string, record: RollbackRecord): Promise<StoredGeneration> {
    return inTermsOfWorld(this.layout.root, async () => {
      const staging = await this.prepare(certificateId);
      const staged = staging.path();
      const newest = record.newest ?? (await whereRollbacksBegan(this.layout, certificateId, record));
      await writePrivateFile(staged, `${JSON.stringify({ ...record, newest })}\n`);
      await moveInto(staged, this.layout.rollback(certificateId));
      return this.putInForce(staging, certificateId, record.to);
    });
  }

  /** Takes a rollback back. Idempotent. */
  async rollForward(certificateId: string, { from }: Pick<RollbackRecord, 'from'>): Promise<void> {
    return inTermsOfWorld(this.layout.root, async () => {
      await this.putInForce(await this.prepare(certificateId), certificateId, from);
    });
  }

  private async putInForce(
    staging: Staging,
    certificateId: string,
    { spki, generation }: RollbackRecord['to'],
  ): Promise<StoredGeneration> {
    const { layout } = this;
    if ((await liveGeneration(layout, spki)) !== generation) {
      await staging.replaceLink(layout.live(spki), generationName(generation));
    }
    if ((await linkedSpki(layout.link(certificateId))) !== spki) {
      await staging.replaceLink(layout.link(certificateId), join('..', spki));
    }
    return readStored(layout, spki, generation);
  }

  private async readIfKept(spki: string, generation: number): Promise<StoredGeneration | undefined> {
    const kept = await generationsOf(this.layout, spki);
    return kept.includes(generation) ? readStored(this.layout, spki, generation) : undefined;
  }

  private async store(request: NewGeneration): Promise<StoredGeneration> {
    const { layout } = this;
    const { certificateId, operationId } = request;
    const staging = await this.prepare(certificateId);
    const spki = spkiOf(createPublicKey(createPrivateKey(request.privateKey.reveal())));
    const previousSpki = await linkedSpki(layout.link(certificateId));
    const record: GenerationRecord = {
      certificateId,
      operationId,
      previousGeneration: (await liveGeneration(this.layout, spki)) ?? null,
      previousSpki: previousSpki === spki ? null : (previousSpki ?? null),
    };
    const staged = staging.path();
    await writeGeneration(staged, request, record);
    await staging.replaceLink(layout.intent(certificateId), join('..', spki));
    await makePrivateDirectory(layout.key(spki));
    await syncDirectory(layout.root);
    const generation = await this.adopt(staged, spki);
    await staging.replaceLink(layout.live(spki), generationName(generation));
    await rename(layout.intent(certificateId), layout.link(certificateId));
    await syncDirectory(layout.byCertificate);
    // First, as a generation that goes may be what leads to a key.
    await this.discardSuperseded(staging, certificateId);
    const kept = await generationsOf(this.layout, spki);
    for (const old of generationsToRemove(kept, generation, record.previousGeneration)) {
      await staging.discard(layout.generation(spki, old));
    }
    return readStored(layout, spki, generation);
  }

  private async discardSuperseded(staging: Staging, certificateId: string): Promise<void> {
    for (const spki of await supersededKeys(this.layout, certificateId)) {
      await staging.discard(this.layout.key(spki));
    }
  }

  private async abandon({ certificateId, operationId }: NewGeneration): Promise<void> {
    await this.prepare(certificateId);
    const spki = await linkedSpki(this.layout.link(certificateId));
    const stored = spki === undefined ? undefined : await readLive(this.layout, spki);
    if (stored?.record.certificateId === certificateId && stored.record.operationId === operationId) {
      await this.retract(certificateId, stored.spki, stored.generation);
    }
  }

  private async prepare(certificateId: string): Promise<Staging> {
    const staging = new Staging(this.stagingRoot, certificateId);
    await staging.sweep();
    await this.settle(staging, certificateId);
    return staging;
  }

  /** Ends what a killed `put` began: a generation that has its name is whole, and is put in force; less is forgotten. */
  private async settle(staging: Staging, certificateId: string): Promise<void> {
    const { layout } = this;
    const intent = layout.intent(certificateId);
    const spki = await linkedSpki(intent);
    if (spki === undefined) {
      return;
    }
    const newest = Math.max(0, ...(await generationsOf(this.layout, spki)));
    if (newest === 0) {
      await ifPresent(rmdir(layout.key(spki)));
      await unlink(intent);
      return;
    }
    const { from } = (await readRollback(layout, certificateId)) ?? {};
    const wasTakenBack = from?.spki === spki && newest <= from.generation;
    if (!wasTakenBack && (await readRecord(layout.generation(spki, newest))).certificateId === certificateId) {
      await staging.replaceLink(layout.live(spki), generationName(newest));
    }
    await rename(intent, layout.link(certificateId));
    await syncDirectory(layout.byCertificate);
  }

  /** Gives the certificate back to the key that served it before, if this generation took it over. */
  private async relink(
    staging: Staging,
    { certificateId, previousSpki, previousGeneration }: GenerationRecord,
    spki: string,
  ): Promise<void> {
    const link = this.layout.link(certificateId);
    if ((await linkedSpki(link)) !== spki) {
      return;
    }
    if (previousSpki !== null && (await liveGeneration(this.layout, previousSpki)) !== undefined) {
      await staging.replaceLink(link, join('..', previousSpki));
    } else if (previousGeneration === null) {
      await unlink(link);
    }
  }

  /** Another certificate may store under the same key at the same moment: the number that is free wins. */
  private async adopt(staged: string, spki: string): Promise<number> {
    for (let generation = Math.max(0, ...(await generationsOf(this.layout, spki))) + 1; ; generation += 1) {
      try {
        await moveInto(staged, this.layout.generation(spki, generation));
        return generation;
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST' && errnoOf(error) !== 'ENOTEMPTY') {
          throw error;
        }
      }
    }
  }
}
