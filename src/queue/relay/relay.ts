import { Injectable, Logger } from '@nestjs/common';
import { z } from 'zod';
import type { HeartbeatReport, ProgressReport, Report } from '../../operations/domain/order.js';
import { LEASE_MS, RecordProgress } from '../../operations/application/record-progress.js';
import { OperationStore } from '../../operations/application/operation-store.js';
import { RefuseReport } from '../../operations/application/refuse-report.js';
import { RunnerDirectory } from '../../operations/application/runner-directory.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { ControlPlaneKeys } from '../control-plane-keys.js';
import { open } from '../envelope.js';
import { SIGNING_ALGORITHM, importKey } from '../key-files.js';
import { MessageQueue, type Consumption } from '../message-queue.js';
import { parseReport } from '../message-schemas.js';
import { CONTROL_PLANE, RELAY_QUEUE } from '../queue-names.js';

const CONCURRENCY = 8;
const outer = z.object({ server: z.uuid(), sealed: z.string() });

/**
 * The only way back: takes sealed reports from the queue, opens them with the key of the server that claims to have
 * sent them, and applies each operation's in order.
 */
@Injectable()
export class Relay {
  readonly #logger = new Logger('Relay');
  /** The last report of each operation under way here, so that its reports are applied one after another. */
  readonly #tails = new Map<string, Promise<unknown>>();
  /** Reports go in by this door in the order in which they came, however long it takes to open each. */
  #door: Promise<unknown> = Promise.resolve();
  /** Servers that nobody has registered and that have been complained about. */
  readonly #strangers = new Set<string>();
  #consumption: Consumption | undefined;

  constructor(
    private readonly queue: MessageQueue,
    private readonly keys: ControlPlaneKeys,
    private readonly runners: RunnerDirectory,
    private readonly record: RecordProgress,
    private readonly refuse: RefuseReport,
    private readonly store: OperationStore,
    private readonly clock: Clock,
  ) {}

  start(): void {
    this.#consumption = this.queue.consume(RELAY_QUEUE, CONCURRENCY, (message) => this.#receive(message));
  }

  async stop(): Promise<void> {
    await this.#consumption?.close();
  }

  async #receive(message: string): Promise<void> {
    const opening = this.#open(message);
    const entering = this.#door.then(async () => {
      const opened = await opening;
      return { applied: opened ? this.#apply(opened) : null };
    });
    this.#door = entering.catch(() => undefined);
    const { applied } = await entering;
    await applied;
  }

  #apply({ serverId, report }: { readonly serverId: string; readonly report: Report }): Promise<void> {
    return report.type === 'heartbeat'
      ? this.#heartbeat(serverId, report)
      : this.#inOrder(report.operationId, () => this.#progress(serverId, report));
  }

  /** Null when the message is refused: it says who it claims to be from, and no more of it is trusted. */
  async #open(message: string): Promise<{ serverId: string; report: Report } | null> {
    try {
      const { server, sealed } = outer.parse(JSON.parse(message));
      const runner = await this.runners.keys(server);
      if (!runner) {
        this.#complainOnce(server);
        return null;
      }
      const body = await open(sealed, {
        issuer: server,
        audience: CONTROL_PLANE,
        type: 'hler-report+jwt',
        verificationKey: await importKey(runner.signing, SIGNING_ALGORITHM),
        decryptionKey: this.keys.decryptionKey,
      });
      return { serverId: server, report: parseReport(body) };
    } catch (error) {
      if (error instanceof DomainError && error.code !== 'MESSAGE_REFUSED') {
        throw error;
      }
      if (error instanceof DomainError || error instanceof z.ZodError || error instanceof SyntaxError) {
        this.#logger.error(`Refused a message on the relay queue: ${error.message}`);
        return null;
      }
      throw error;
    }
  }

  /** A runner that waits to be registered sends heartbeats, too. */
  #complainOnce(server: string): void {
    if (!this.#strangers.has(server) && this.#strangers.size < 1000) {
      this.#strangers.add(server);
      this.#logger.warn(`Messages from server ${server} are dropped until it is registered.`);
    }
  }

  async #progress(serverId: string, report: ProgressReport): Promise<void> {
    try {
      const outcome = await this.record.execute(serverId, report);
      if (outcome === 'GAP') {
        // Another relay process may be applying the missing one this moment: the queue hands this one out again.
        throw new Error(`A report of operation ${report.operationId} came before the one ahead of it.`);
      }
    } catch (error) {
      if (error instanceof DomainError && error.code === 'MESSAGE_REFUSED') {
        await this.refuse.execute(serverId, report, error);
        return;
      }
      throw error;
    }
  }

  async #heartbeat(serverId: string, report: HeartbeatReport): Promise<void> {
    const now = this.clock.now();
    await this.runners.heard(serverId, now);
    await this.store.extendLeases(serverId, report.operations, new Date(now.getTime() + LEASE_MS));
  }

  async #inOrder(operationId: string, apply: () => Promise<void>): Promise<void> {
    const before = this.#tails.get(operationId) ?? Promise.resolve();
    const mine = before.then(apply, apply);
    this.#tails.set(operationId, mine);
    try {
      await mine;
    } finally {
      if (this.#tails.get(operationId) === mine) {
        this.#tails.delete(operationId);
      }
    }
  }
}
