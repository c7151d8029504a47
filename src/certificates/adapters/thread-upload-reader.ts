import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Piscina } from 'piscina';
import { fromFailure } from '../../shared/domain-error.js';
import { Secret } from '../../shared/secret.js';
import { workerFile } from '../../shared/worker-file.js';
import { UploadReader } from '../application/upload-reader.js';
import type { ReadUpload, Upload } from '../domain/upload/read-upload.js';
import { refuseUpload } from '../domain/upload/refuse-upload.js';
import type { UploadAnswer, UploadCall } from '../domain/upload/upload-call.js';

/** A thread that takes longer is ended: it was given something that is made to keep it busy. */
const DEADLINE_MS = 20_000;
const MEMORY_MB = 128;

/** Threads of the API for uploads alone, started with the first one. The garbage of a key goes with the thread, a minute later. */
@Injectable()
export class ThreadUploadReader extends UploadReader implements OnApplicationShutdown {
  #pool: Piscina<UploadCall, UploadAnswer> | undefined;

  async read({ material, passphrase, ...upload }: Upload): Promise<ReadUpload> {
    const call = {
      ...upload,
      material: material.map((text) => text.reveal()),
      passphrase: passphrase?.reveal() ?? null,
    };
    const answer = await this.#answer(call);
    if ('failure' in answer) {
      throw fromFailure(answer.failure);
    }
    const { privateKey, ...read } = answer.read;
    return { ...read, privateKey: privateKey === null ? null : new Secret(privateKey) };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#pool?.destroy();
  }

  async #answer(call: UploadCall): Promise<UploadAnswer> {
    this.#pool ??= new Piscina({
      ...workerFile('read-upload'),
      minThreads: 0,
      maxThreads: 2,
      idleTimeout: 60_000,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    const signal = AbortSignal.timeout(DEADLINE_MS);
    try {
      return await this.#pool.run(call, { signal });
    } catch (error) {
      if (signal.aborted) {
        throw refuseUpload(
          'ENCRYPTION_NOT_SUPPORTED',
          `Reading it took longer than ${DEADLINE_MS / 1000} s; export the key again with fewer rounds, or unencrypted.`,
        );
      }
      throw error;
    }
  }
}
