import { createPrivateKey, randomUUID, type KeyObject } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { atomicWrite, ensureDirectory } from '../system/atomic-write.js';
import { ifPresent, inTermsOfWorld } from '../tls/private-files.js';
import type { AcmePaths } from './acme-paths.js';
import { orderStateSchema, type OrderState } from './order-state.js';
import type { Trace } from './trace.js';

/**
 * The state of one certificate's order, and its key: one file, 0600, replaced whole, so that they always belong together. One
 * writer at a time, as operations on a certificate exclude one another.
 * Errors: DISK_FULL, READ_ONLY.
 */
export class OrderFile {
  private parsed: { readonly pem: string; readonly key: KeyObject } | undefined;

  private constructor(
    private readonly path: string,
    private current: OrderState | undefined,
    private readonly trace: Trace,
  ) {}

  /** A file that cannot be understood counts as none: the worst that comes of it is one order more. */
  static async open(paths: AcmePaths, certificateId: string, trace: Trace): Promise<OrderFile> {
    const path = paths.order(certificateId);
    await ensureDirectory(paths.orders, 0o700);
    const text = await inTermsOfWorld(path, () => ifPresent(readFile(path, 'utf8')));
    return new OrderFile(path, text === undefined ? undefined : parse(text), trace);
  }

  get state(): OrderState | undefined {
    return this.current;
  }

  /** The key of the order. Parsing one takes as long as twenty signatures, so it is done once. */
  get privateKey(): KeyObject {
    const pem = this.current?.privateKeyPem ?? '';
    if (this.parsed?.pem !== pem) {
      this.parsed = { pem, key: createPrivateKey(pem) };
    }
    return this.parsed.key;
  }

  /** A new order, on the disk when this returns: after a power cut too, its key is not lost. */
  async begin(state: OrderState): Promise<OrderState> {
    await this.trace('file');
    await inTermsOfWorld(this.path, () => removeDrafts(this.path));
    const staging = `${this.path}.staging`;
    await ensureDirectory(staging, 0o700);
    await atomicWrite({ path: this.path, content: JSON.stringify(state, undefined, 2), mode: 0o600 }, { staging });
    await inTermsOfWorld(staging, () => rm(staging, { recursive: true, force: true }));
    await this.trace('file');
    this.current = state;
    return state;
  }

  /** Survives the death of the process. Not synced: a power cut may take it back to an earlier step, which costs a request or two. */
  async save(changes: Partial<OrderState>): Promise<OrderState> {
    if (this.current === undefined) {
      throw new Error('No order was begun.');
    }
    const next: OrderState = { ...this.current, ...changes };
    await this.trace('file');
    await inTermsOfWorld(this.path, async () => {
      const draft = `${this.path}.${randomUUID()}`;
      try {
        await writeFile(draft, JSON.stringify(next, undefined, 2), { mode: 0o600, flag: 'wx' });
        await rename(draft, this.path);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    });
    if (changes.step === 'ISSUED') {
      await inTermsOfWorld(this.path, () => removeDrafts(this.path));
    }
    await this.trace('file');
    this.current = next;
    return next;
  }

  /** Idempotent. */
  async remove(): Promise<void> {
    await this.trace('file');
    await inTermsOfWorld(this.path, () => rm(this.path, { force: true }));
    this.current = undefined;
  }
}

/** What a killed process was writing holds the key, too. */
async function removeDrafts(path: string): Promise<void> {
  const directory = dirname(path);
  const name = basename(path);
  const drafts = (await readdir(directory)).filter((entry) => entry.startsWith(`${name}.`));
  await Promise.all(drafts.map((draft) => rm(join(directory, draft), { recursive: true, force: true })));
}

function parse(text: string): OrderState | undefined {
  try {
    return orderStateSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
