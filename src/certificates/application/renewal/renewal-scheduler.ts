import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../../shared/clock.js';
import { newId } from '../../../shared/ids.js';
import { Leases } from '../../../shared/leases.js';
import { Repetition } from '../../../shared/repetition.js';
import { UnitOfWork } from '../../../shared/unit-of-work.js';
import { FairQueue } from '../../domain/rate-limits/fair-queue.js';
import { after } from '../../domain/renewal/life.js';
import { RenewalEvents } from '../events/renewal-events.js';
import { ConsultIssuer, type Consulted } from './consult-issuer.js';
import { LookAtCertificate } from './look-at-certificate.js';
import { RenewalStore, type DueCertificate } from './renewal-store.js';
import { SchedulerChores } from './scheduler-chores.js';

const LEASE_NAME = 'renewal-scheduler';
/** A process that pauses for longer has lost its turn. */
const LEASE_TICKS = 3;
const SHORTEST_LEASE_MS = 15_000;
const MAX_OPEN = 32;
const PER_CLIENT = 50;
const BATCH = 500;
/** Issuers take seconds to answer. */
const QUESTIONS_AT_A_TIME = 8;

/**
 * Looks at every certificate when it is due. One process of the control plane does, the holder of a lease, and what it writes
 * is fenced by the lease's token: a process that was paused and wakes up writes nothing any more. All it knows is in the
 * database, so that it may end and start at any time.
 */
@Injectable()
export class RenewalScheduler {
  readonly #logger = new Logger('Renewal');
  readonly #holder = newId();
  #everyMs = 20_000;
  #acquiredAt = 0;
  readonly #ticks = new Repetition(
    () => this.tick(),
    (error) => {
      this.#logger.warn(`A tick of the renewal scheduler did not finish and will be repeated: ${String(error)}`);
    },
  );

  constructor(
    private readonly renewals: RenewalStore,
    private readonly consult: ConsultIssuer,
    private readonly look: LookAtCertificate,
    private readonly chores: SchedulerChores,
    private readonly events: RenewalEvents,
    private readonly leases: Leases,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  start(everyMs: number): void {
    this.#everyMs = everyMs;
    this.#ticks.start(everyMs);
  }

  stop(): Promise<void> {
    return this.#ticks.stop();
  }

  /** @returns how many operations were requested; null when another process holds the lease. */
  async tick(): Promise<number | null> {
    const token = await this.#acquire();
    if (token === null) {
      return null;
    }
    await this.chores.before();
    for (const { id } of await this.renewals.open(BATCH)) {
      await this.#look(id, null, token, false);
    }
    const requested = await this.#takeTurns(token, await this.renewals.open(BATCH));
    await this.chores.after(this.clock.now());
    return requested;
  }

  async #takeTurns(token: number, open: readonly DueCertificate[]): Promise<number> {
    const queue = new FairQueue<string>(countByClient(open));
    for (const { id, clientId } of await this.renewals.due(this.clock.now(), PER_CLIENT, BATCH)) {
      queue.push(clientId, id);
    }
    let requested = 0;
    while (queue.size > 0) {
      for (const [id, consulted] of await this.#consult(takeSome(queue))) {
        requested += (await this.#look(id, consulted, token, open.length + requested < MAX_OPEN)) ? 1 : 0;
      }
    }
    return requested;
  }

  /** One that cannot be asked about is looked at without. */
  async #consult(ids: readonly string[]): Promise<readonly (readonly [string, Consulted | null])[]> {
    await this.#keepLease();
    const asked = await Promise.allSettled(ids.map((id) => this.consult.execute(id)));
    return ids.map((id, index) => {
      const answer = asked[index]!;
      if (answer.status === 'fulfilled') {
        return [id, answer.value];
      }
      this.#logger.error(`The issuer of the certificate ${id} could not be asked: ${String(answer.reason)}`);
      return [id, null];
    });
  }

  /** One certificate that cannot be looked at does not keep the others from it. */
  async #look(id: string, consulted: Consulted | null, token: number, mayRequest: boolean): Promise<boolean> {
    await this.#keepLease();
    try {
      return await this.unitOfWork.run(async () => {
        const certificate = await this.renewals.lockCertificate(id);
        // After the row: a process that lost its turn while it waited for the row must find that out.
        if (!certificate || !(await this.leases.isHeld(LEASE_NAME, token))) {
          return false;
        }
        return this.events.during(certificate, () => this.look.execute(certificate, consulted, mayRequest));
      });
    } catch (error) {
      this.#logger.error(`The certificate ${id} could not be looked at and will be again: ${String(error)}`);
      return false;
    }
  }

  /** A tick may take longer than the lease lasts. Whether it is held still is asked where something is written. */
  async #keepLease(): Promise<void> {
    if (this.clock.now().getTime() - this.#acquiredAt > this.#everyMs) {
      await this.#acquire();
    }
  }

  #acquire(): Promise<number | null> {
    const now = this.clock.now();
    this.#acquiredAt = now.getTime();
    return this.leases.acquire(
      LEASE_NAME,
      this.#holder,
      now,
      after(now, Math.max(LEASE_TICKS * this.#everyMs, SHORTEST_LEASE_MS)),
    );
  }
}

function takeSome(queue: FairQueue<string>): readonly string[] {
  return Array.from({ length: Math.min(QUESTIONS_AT_A_TIME, queue.size) }, () => queue.take()!);
}

function countByClient(certificates: readonly DueCertificate[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { clientId } of certificates) {
    counts.set(clientId, (counts.get(clientId) ?? 0) + 1);
  }
  return counts;
}
