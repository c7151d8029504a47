import { FairQueue } from '../../src/certificates/domain/rate-limits/fair-queue.js';
import { LETS_ENCRYPT_LIMITS, withReserve } from '../../src/certificates/domain/rate-limits/limits.js';
import { OrderBudget, type BudgetedOrder, type Draw } from '../../src/certificates/domain/rate-limits/order-budget.js';
import { mayTryName } from '../../src/certificates/domain/renewal/failing-names.js';
import { faultSide } from '../../src/certificates/domain/renewal/fault.js';
import {
  ASK_ALL_WITHIN_MS,
  announcesIncident,
  askAfterIncident,
} from '../../src/certificates/domain/renewal/incident.js';
import { renewalAlarm } from '../../src/certificates/domain/renewal/renewal-alarm.js';
import { PROVIDER_KINDS } from '../../src/certificates/domain/provider-kinds/provider-kinds.js';
import {
  UNPLANNED,
  advised,
  failed,
  planned,
  type RenewalState,
} from '../../src/certificates/domain/renewal/renewal-state.js';
import { renewalStep } from '../../src/certificates/domain/renewal/renewal-step.js';
import type { Validity } from '../../src/certificates/domain/validity.js';
import { seededRandom, type Random } from '../../src/shared/random.js';
import { Agenda } from './agenda.js';
import type { PlainCa } from './plain-ca.js';
import { lastTwoLabels } from './server-limits.js';
import type { IssuedCertificate, OrderAnswer } from './simulated-ca.js';

const TICK = 30_000;
const POLICY = PROVIDER_KINDS.ACME.renewal;
const ACCOUNT = 'account';

export interface Member {
  readonly client: string;
  readonly names: readonly string[];
  readonly lifeMs: number;
}

/** One certificate of the fleet; `issued` is null until its first order has succeeded. */
interface Kept extends Member {
  issued: IssuedCertificate | null;
  validity: Validity | null;
  state: RenewalState;
  alarm: string | null;
  isOrdered: boolean;
  nextLookAt: number;
  readonly nameFailures: Date[];
}

export interface FleetResult {
  renewals: number;
  attempts: number;
  /** First attempts with a known window, and those of them that began inside the window of the CA. */
  advised: number;
  inWindow: number;
  expired: number;
  readonly alarms: Map<string, number>;
  /** When each order of a client was sent, in order. */
  readonly sent: { readonly client: string; readonly at: number }[];
  lastIssuedAt: number;
}

/**
 * The control plane without anything around its decisions: the same pure functions that the scheduler asks, driven by an
 * agenda instead of a clock. A tick of 30 s, eight orders at a time unless told otherwise.
 */
export class Fleet {
  readonly result: FleetResult = {
    renewals: 0,
    attempts: 0,
    advised: 0,
    inWindow: 0,
    expired: 0,
    lastIssuedAt: 0,
    alarms: new Map(),
    sent: [],
  };
  readonly #agenda = new Agenda();
  readonly #random: Random;
  readonly #queue = new FairQueue<Kept>();
  readonly #budget: OrderBudget;
  readonly #members: Kept[] = [];
  #open = 0;
  #askedAllAt = 0;
  #pumpAt: number | null = null;

  constructor(
    private readonly ca: PlainCa,
    seed: number,
    private readonly concurrency = 8,
  ) {
    this.#random = seededRandom(seed);
    const levels = new Map<string, number>();
    this.#budget = new OrderBudget(withReserve(LETS_ENCRYPT_LIMITS), levels, lastTwoLabels);
  }

  /** A certificate that is in force already. */
  adopt(member: Member, issued: IssuedCertificate, now: number): void {
    const kept = this.#keep(member);
    this.#inForce(kept, issued, now);
  }

  /** A site that has no certificate yet. */
  wish(member: Member, at: number): void {
    const kept = this.#keep(member);
    this.#agenda.add(at, (now) => this.#enqueue(kept, now));
  }

  runUntil(until: number): void {
    this.#agenda.runUntil(until);
    this.result.expired += this.#members.filter(({ issued }) => issued !== null && issued.notAfter <= until).length;
  }

  #keep(member: Member): Kept {
    const kept: Kept = {
      ...member,
      issued: null,
      validity: null,
      state: UNPLANNED,
      alarm: null,
      isOrdered: false,
      nextLookAt: 0,
      nameFailures: [],
    };
    this.#members.push(kept);
    return kept;
  }

  #inForce(kept: Kept, issued: IssuedCertificate, now: number): void {
    kept.issued = issued;
    kept.validity = { notBefore: new Date(issued.notBefore), notAfter: new Date(issued.notAfter) };
    kept.state = planned(kept.validity, POLICY.advised, new Date(now), this.#random);
    kept.nameFailures.length = 0;
    this.#look(kept, issued, now);
  }

  /** `of`: the certificate that this look was planned for; its successor has looks of its own. */
  #look(kept: Kept, of: IssuedCertificate, at: number): void {
    if (kept.issued !== of || kept.isOrdered) {
      return;
    }
    const now = new Date(at);
    const validity = kept.validity!;
    const step = renewalStep(POLICY, kept.state, validity, now);
    if (step.action !== 'ASK_ADVICE') {
      this.#noteAlarm(kept, now);
    }
    switch (step.action) {
      case 'PLAN':
        throw new Error('A certificate in force was not planned.');
      case 'ASK_ADVICE':
        this.#ask(kept, of, now);
        this.#look(kept, of, at);
        return;
      case 'RENEW':
        this.#enqueue(kept, at);
        return;
      case 'WAIT':
        if (step.until !== null) {
          this.#lookAt(kept, of, step.until.getTime());
        }
    }
  }

  #lookAt(kept: Kept, of: IssuedCertificate, at: number): void {
    const tick = atTick(at);
    kept.nextLookAt = tick;
    this.#agenda.add(tick, (now) => {
      if (kept.nextLookAt === now) {
        this.#look(kept, of, now);
      }
    });
  }

  #ask(kept: Kept, of: IssuedCertificate, now: Date): void {
    const info = this.ca.renewalInfo(of.id, now.getTime());
    const advice =
      info === 'DOWN'
        ? null
        : {
            window: { start: new Date(info.start), end: new Date(info.end) },
            askAgainAt: new Date(now.getTime() + info.retryAfterMs),
          };
    const isIncident = advice !== null && announcesIncident(advice.window, kept.state.renewAt, now);
    kept.state = advised(kept.state, advice, kept.validity!, now, this.#random);
    if (isIncident && now.getTime() - this.#askedAllAt > ASK_ALL_WITHIN_MS) {
      this.#askedAllAt = now.getTime();
      this.#askAll(now);
    }
  }

  #askAll(now: Date): void {
    for (const kept of this.#members) {
      const nextAdviceAt = askAfterIncident(kept.state.nextAdviceAt, now, this.#random);
      const of = kept.issued;
      if (of !== null && kept.state.nextAdviceAt !== nextAdviceAt && !isPast(kept.state, now)) {
        kept.state = { ...kept.state, nextAdviceAt };
        this.#lookAt(kept, of, nextAdviceAt.getTime());
      }
    }
  }

  #enqueue(kept: Kept, now: number): void {
    kept.isOrdered = true;
    this.#queue.push(kept.client, kept);
    this.#pump(now);
  }

  #pump(now: number): void {
    while (this.#open < this.concurrency && this.#queue.size > 0 && (this.#pumpAt === null || this.#pumpAt <= now)) {
      this.#pumpAt = null;
      const kept = this.#queue.peek()!;
      const order = this.#order(kept);
      const notBefore = mayTryName(kept.nameFailures, new Date(now));
      const verdict = this.#budget.mayOrder(order, new Date(now));
      if (!verdict.allowed && verdict.scope === 'ACCOUNT') {
        this.#pumpAt = verdict.notBefore.getTime();
        this.#agenda.add(this.#pumpAt, (then) => this.#pump(then));
        return;
      }
      this.#queue.take();
      if (notBefore.getTime() > now) {
        this.#again(kept, notBefore.getTime());
      } else if (verdict.allowed) {
        this.#send(kept, order, now);
      } else {
        this.#again(kept, verdict.notBefore.getTime());
      }
    }
  }

  #again(kept: Kept, at: number): void {
    this.#agenda.add(atTick(at), (now) => this.#enqueue(kept, now));
  }

  #order({ names, issued, state }: Kept): BudgetedOrder {
    const lastIssuedAt = issued === null ? null : new Date(issued.notBefore);
    return { accountId: ACCOUNT, names, replaces: issued === null ? null : { window: state.window }, lastIssuedAt };
  }

  #send(kept: Kept, order: BudgetedOrder, now: number): void {
    this.#open += 1;
    this.result.attempts += 1;
    this.result.sent.push({ client: kept.client, at: now });
    if (kept.issued !== null && kept.state.failures === 0 && kept.state.window !== null) {
      const { start, end } = this.ca.windowOf(kept.issued.id, now);
      this.result.advised += 1;
      this.result.inWindow += start <= now && now < end ? 1 : 0;
    }
    const counted = this.#budget.order(order, new Date(now));
    this.#agenda.add(now + 2_000 * this.#random(), (then) => {
      const answer = this.ca.order(
        { accountId: ACCOUNT, names: kept.names, lifeMs: kept.lifeMs, replaces: kept.issued?.id ?? null },
        then,
      );
      this.#agenda.add(then + 1_000 + 5_000 * this.#random(), (end) => this.#ended(kept, answer, counted, end));
    });
  }

  #ended(kept: Kept, answer: OrderAnswer, counted: readonly Draw[], at: number): void {
    this.#open -= 1;
    kept.isOrdered = false;
    if ('certificate' in answer) {
      this.result.renewals += 1;
      this.result.lastIssuedAt = at;
      this.result.expired += kept.issued !== null && kept.issued.notAfter <= at ? 1 : 0;
      kept.alarm = null;
      this.#inForce(kept, answer.certificate, at);
    } else {
      this.#budget.notIssued(counted);
      this.#failed(kept, answer, at);
    }
    this.#pump(at);
  }

  #failed(kept: Kept, answer: Exclude<OrderAnswer, { certificate: unknown }>, at: number): void {
    const now = new Date(at);
    if (answer.name !== undefined) {
      kept.nameFailures.push(now);
      this.#budget.authorizationFailed(ACCOUNT, answer.name, now);
    }
    const retryAfter = answer.retryAfterMs === null ? null : new Date(at + answer.retryAfterMs);
    const failure = { side: faultSide(answer.problem), retryAfter };
    kept.state = failed(kept.state, failure, kept.validity, 1, now, this.#random);
    if (kept.issued === null) {
      this.#again(kept, kept.state.nextAttemptAt!.getTime());
    } else {
      this.#look(kept, kept.issued, at);
    }
  }

  #noteAlarm(kept: Kept, now: Date): void {
    const facts = { validity: kept.validity!, isAutomatic: true, failures: kept.state.failures, servedProblem: null };
    const reason = renewalAlarm(facts, now)?.reason ?? null;
    if (reason !== null && reason !== kept.alarm) {
      this.result.alarms.set(reason, (this.result.alarms.get(reason) ?? 0) + 1);
    }
    kept.alarm = reason;
  }
}

function atTick(at: number): number {
  return Math.ceil(at / TICK) * TICK;
}

function isPast({ window }: RenewalState, now: Date): boolean {
  return window !== null && window.end <= now;
}
