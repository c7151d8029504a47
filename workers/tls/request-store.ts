import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Secret } from '../../src/shared/secret.js';
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

const KEY_FILE = 'privkey.pem';
const REQUEST_FILE = 'request.pem';
const RECORD_FILE = 'request.json';

export interface StoredRequest {
  readonly privateKey: Secret;
  readonly requestPem: string;
  /** What it was made from, as text that is compared: the same wish gets the same request. */
  readonly wish: string;
  readonly operationId: string;
}

/**
 * Keys that wait for their certificate: `requests/<certificate id>/` in the store, 0700 and 0400. A request is whole before it has its
 * name, and never changes. It stays after the certificate came: the same request may be signed again when that expires.
 * One caller at a time per certificate id. Errors: DISK_FULL, READ_ONLY, CONFIG_INVALID.
 */
export class RequestStore {
  private constructor(
    private readonly root: string,
    private readonly stagingRoot: string,
  ) {}

  static async open(places: TlsStorePlaces): Promise<RequestStore> {
    const root = join(places.tlsDirectory, 'requests');
    await makeStoreDirectory(places, root);
    return new RequestStore(root, places.stagingDirectory);
  }

  async find(certificateId: string): Promise<StoredRequest | undefined> {
    const directory = join(this.root, certificateId);
    return inTermsOfWorld(directory, async () => {
      const record = await ifPresent(readFile(join(directory, RECORD_FILE), 'utf8'));
      return record === undefined
        ? undefined
        : {
            ...(JSON.parse(record) as Pick<StoredRequest, 'wish' | 'operationId'>),
            privateKey: new Secret(await readFile(join(directory, KEY_FILE), 'utf8')),
            requestPem: await readFile(join(directory, REQUEST_FILE), 'utf8'),
          };
    });
  }

  /** Stores a request where there is none yet; all of it is on the disk when this returns. */
  async put(certificateId: string, { privateKey, requestPem, ...record }: StoredRequest): Promise<void> {
    await inTermsOfWorld(this.root, async () => {
      const staging = new Staging(this.stagingRoot, certificateId);
      await staging.sweep();
      const staged = staging.path();
      await makePrivateDirectory(staged);
      await writePrivateFile(join(staged, KEY_FILE), privateKey.reveal());
      await writePrivateFile(join(staged, REQUEST_FILE), requestPem);
      await writePrivateFile(join(staged, RECORD_FILE), `${JSON.stringify(record)}\n`);
      await syncDirectory(staged);
      await moveInto(staged, join(this.root, certificateId));
    });
  }

  /** Idempotent. */
  async discard(certificateId: string): Promise<void> {
    await inTermsOfWorld(this.root, async () => {
      const staging = new Staging(this.stagingRoot, certificateId);
      await staging.sweep();
      await staging.discard(join(this.root, certificateId));
    });
  }
}
