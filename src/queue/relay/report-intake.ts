import { Injectable, Logger } from '@nestjs/common';
import { z } from 'zod';
import type { HeartbeatReport, OperationProgress, Report } from '../../operations/domain/order.js';
import { RecordProgress, type ProgressOutcome } from '../../operations/application/record-progress.js';
import { OperationStore } from '../../operations/application/operation-store.js';
import { RefuseReport } from '../../operations/application/refuse-report.js';
import { RunnerDirectory } from '../../operations/application/runner-directory.js';
import { LEASE_MS } from '../../operations/domain/advance.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { ControlPlaneKeys } from '../control-plane-keys.js';
import { open } from '../envelope.js';
import { SIGNING_ALGORITHM, importKey } from '../key-files.js';
import { parseReport } from '../message-schemas.js';
import { CONTROL_PLANE } from '../queue-names.js';

/** Opens sealed reports with the key of the server whose queue they came from, and applies them in order. */
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
    /** Reports go in one after another, in the order in which they came, however long it takes to open each. */
    let door: Promise<unknown> = Promise.resolve();
    return async (message) => {
      const turn = door;
      const mine = this.#take(serverId, this.#open(serverId, message), turn);
      door = Promise.allSettled([turn, mine]);
      await mine;
    };
  }

  async #take(serverId: string, opening: Promise<Report | null>, turn: Promise<unknown>): Promise<void> {
    const report = await opening;
    if (report?.type === 'heartbeat') {
      await this.#heartbeat(serverId, report);
    } else if (report) {
      await turn;
      await this.#progress(serverId, report.operations);
    }
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

  async #progress(serverId: string, report: readonly OperationProgress[]): Promise<void> {
    const outcomes = await this.#applied(serverId, report);
    const missing = report[outcomes.indexOf('GAP')];
    if (missing) {
      // Another relay process may be applying the missing one this moment: the queue hands this one out again.
      throw new Error(`A report of operation ${missing.operationId} came before the one ahead of it.`);
    }
  }

  async #applied(serverId: string, report: readonly OperationProgress[]): Promise<readonly ProgressOutcome[]> {
    try {
      return await this.record.execute(serverId, report);
    } catch (error) {
      if (!(error instanceof DomainError && error.code === 'MESSAGE_REFUSED')) {
        throw error;
      }
      return report.length === 1
        ? this.#refused(serverId, report[0]!.operationId, error)
        : this.#appliedOneByOne(serverId, report);
    }
  }

  /** One of them may not be applied: that is the fault of that one. */
  async #appliedOneByOne(serverId: string, report: readonly OperationProgress[]): Promise<readonly ProgressOutcome[]> {
    const outcomes: ProgressOutcome[] = [];
    for (const progress of report) {
      outcomes.push(...(await this.#applied(serverId, [progress])));
    }
    return outcomes;
  }

  async #refused(serverId: string, operationId: string, reason: DomainError): Promise<readonly ProgressOutcome[]> {
    await this.refuse.execute(serverId, operationId, reason);
    return ['STALE'];
  }

  async #heartbeat(serverId: string, report: HeartbeatReport): Promise<void> {
    const now = this.clock.now();
    await this.runners.heard(serverId, now);
    await this.store.extendLeases(serverId, report.operations, new Date(now.getTime() + LEASE_MS));
  }
}
