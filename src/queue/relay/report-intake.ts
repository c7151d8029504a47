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
import { parseReport } from '../message-schemas.js';
import { CONTROL_PLANE } from '../queue-names.js';

/** Opens sealed reports with the key of the server whose queue they came from, and applies each operation's in order. */
@Injectable()
export class ReportIntake {
  readonly #logger = new Logger('Relay');

  constructor(
    private readonly keys: ControlPlaneKeys,
    private readonly runners: RunnerDirectory,
    private readonly record: RecordProgress,
    private readonly refuse: RefuseReport,
    private readonly store: OperationStore,
    private readonly clock: Clock,
  ) {}

  /** Handles the messages of one server's queue. They are that server's, or nobody's. */
  from(serverId: string): (message: string) => Promise<void> {
    /** The last report of each operation under way here, so that its reports are applied one after another. */
    const tails = new Map<string, Promise<unknown>>();
    /** Reports go in by this door in the order in which they came, however long it takes to open each. */
    let door: Promise<unknown> = Promise.resolve();
    const apply = (report: Report): Promise<void> =>
      report.type === 'heartbeat'
        ? this.#heartbeat(serverId, report)
        : inOrder(tails, report.operationId, () => this.#progress(serverId, report));
    return async (message) => {
      const opening = this.#open(serverId, message);
      const entering = door.then(async () => {
        const report = await opening;
        return { applied: report ? apply(report) : null };
      });
      door = entering.catch(() => undefined);
      const { applied } = await entering;
      await applied;
    };
  }

  /** Null when the message is refused. */
  async #open(serverId: string, message: string): Promise<Report | null> {
    try {
      const runner = await this.runners.keys(serverId);
      if (!runner) {
        return null;
      }
      const body = await open(message, {
        issuer: serverId,
        audience: CONTROL_PLANE,
        type: 'hler-report+jwt',
        verificationKey: await importKey(runner.signing, SIGNING_ALGORITHM),
        decryptionKey: this.keys.decryptionKey,
      });
      return parseReport(body);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'MESSAGE_REFUSED') {
        // Heartbeats that waited while no relay ran are no news.
        const isOld = error.details['reason'] === 'ERR_JWT_EXPIRED';
        this.#logger[isOld ? 'debug' : 'error'](error.message);
        return null;
      }
      if (error instanceof z.ZodError) {
        this.#logger.error(`Refused a report of server ${serverId}: ${error.message.slice(0, 1000)}`);
        return null;
      }
      throw error;
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
}

async function inOrder(
  tails: Map<string, Promise<unknown>>,
  operationId: string,
  apply: () => Promise<void>,
): Promise<void> {
  const before = tails.get(operationId) ?? Promise.resolve();
  const mine = before.then(apply, apply);
  tails.set(operationId, mine);
  try {
    await mine;
  } finally {
    if (tails.get(operationId) === mine) {
      tails.delete(operationId);
    }
  }
}
