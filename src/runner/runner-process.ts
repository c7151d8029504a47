import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import Bull from 'bull';
import { BullMessageQueue } from '../queue/bull-message-queue.js';
import { ENCRYPTION_ALGORITHM, SIGNING_ALGORITHM, importKey, type PublicPartyKeys } from '../queue/key-files.js';
import { runnerUser } from '../queue/redis-acl.js';
import { RedisConnections } from '../queue/redis-connections.js';
import { openSecret } from '../queue/sealed-secret.js';
import type { Secret } from '../shared/secret.js';
import type { Turns } from '../shared/turns.js';
import type { RunnerIdentity } from './identity.js';
import { PoolTaskRunner } from './pool-task-runner.js';
import { ReportSender } from './report-sender.js';
import { Runner } from './runner.js';
import { WorkerPool } from './worker-pool.js';

export interface RunnerProcessOptions {
  readonly identity: RunnerIdentity;
  readonly controlPlane: PublicPartyKeys;
  readonly redisUrl: Secret;
  /** Whether to log in to Redis as this runner's own user; otherwise as the URL says. */
  readonly ownRedisUser: boolean;
  readonly journalDirectory: string;
  readonly concurrency: number;
  readonly threads: number;
  /** Who else of this process works on the web server takes its turns here. */
  readonly turns?: Turns;
}

/** How long the first of a batch waits for company. */
const BATCH_WINDOW_MS = 20;
const ASK_AGAIN_MS = 2_000;

/** Everything of a runner in one process: its connections, its threads, its work. Holds no database credentials. */
export class RunnerProcess {
  readonly #logger = new Logger('Runner');
  readonly #connections: RedisConnections;
  readonly #queue: BullMessageQueue;
  readonly #pool: WorkerPool;
  #runner: Runner | undefined;
  #stopping = false;

  constructor(private readonly options: RunnerProcessOptions) {
    const { identity, redisUrl, ownRedisUser } = options;
    this.#connections = new RedisConnections(
      redisUrl,
      ownRedisUser ? { username: runnerUser(identity.serverId), password: identity.queuePassword.reveal() } : {},
    );
    this.#queue = new BullMessageQueue(
      (name) => new Bull(name, this.#connections.bullOptions()),
      this.#connections.client,
    );
    this.#pool = new WorkerPool(options.threads, options.concurrency);
  }

  /** Resolves when the runner takes orders. Waits for Redis, and until this server is registered, for as long as it takes. */
  async start(): Promise<void> {
    await this.#admitted();
    const { identity, controlPlane, journalDirectory, concurrency, turns } = this.options;
    const relayKey = await importKey(controlPlane.encryption, ENCRYPTION_ALGORITHM);
    const runner = new Runner(
      this.#queue,
      identity,
      await importKey(controlPlane.signing, SIGNING_ALGORITHM),
      new ReportSender(this.#queue, identity, relayKey),
      new PoolTaskRunner(this.#pool, BATCH_WINDOW_MS, (sealed) => openSecret(sealed, identity.decryptionKey), turns),
      { journalDirectory, concurrency },
    );
    this.#runner = runner;
    if (!this.#stopping) {
      await runner.start();
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#runner?.stop();
    await this.#queue.close();
    await this.#pool.stop();
    this.#connections.close();
  }

  async #admitted(): Promise<void> {
    for (let told = false; !this.#stopping && !(await this.#queue.ping()); told = true) {
      if (!told) {
        this.#logger.warn(
          `Redis does not let the runner of server ${this.options.identity.serverId} in. It waits: start Redis, or register this server with what \`hler runner enrolment\` prints.`,
        );
      }
      await sleep(ASK_AGAIN_MS);
    }
  }
}
