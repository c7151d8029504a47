import { Injectable, Logger } from '@nestjs/common';
import { RunnerDirectory } from '../../operations/application/runner-directory.js';
import { MessageQueue, type Consumption } from '../message-queue.js';
import { relayQueue } from '../queue-names.js';
import { ReportIntake } from './report-intake.js';

/** Messages of one server at a time: more would only let one server keep the database from the others. */
const CONCURRENCY = 4;
const LOOK_EVERY_MS = 2_000;

/** The only way back: reads the report queue of every registered server. */
@Injectable()
export class Relay {
  readonly #logger = new Logger('Relay');
  readonly #consumptions = new Map<string, Consumption>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | null = null;
  #stopping = false;

  constructor(
    private readonly queue: MessageQueue,
    private readonly runners: RunnerDirectory,
    private readonly intake: ReportIntake,
  ) {}

  /** Resolves when the queues of all registered servers are read; those of later ones follow within `lookEveryMs`. */
  async start(lookEveryMs = LOOK_EVERY_MS): Promise<void> {
    await this.#look();
    if (!this.#stopping) {
      this.#timer = setInterval(() => void this.#look(), lookEveryMs);
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    await this.#looking;
    await Promise.all([...this.#consumptions.values()].map((consumption) => consumption.close()));
  }

  #look(): Promise<void> {
    this.#looking ??= this.#readNewcomers()
      // The database is away for a moment; the next look finds them.
      .catch((error: unknown) => this.#logger.warn(`The registered servers could not be read: ${String(error)}`))
      .finally(() => (this.#looking = null));
    return this.#looking;
  }

  async #readNewcomers(): Promise<void> {
    const serverIds = await this.runners.serverIds();
    for (const serverId of serverIds) {
      if (!this.#stopping && !this.#consumptions.has(serverId)) {
        const consumption = this.queue.consume(relayQueue(serverId), CONCURRENCY, this.intake.from(serverId));
        this.#consumptions.set(serverId, consumption);
      }
    }
  }
}
