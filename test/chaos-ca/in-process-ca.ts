import { isIP } from 'node:net';
import type { Clock } from '../../src/shared/clock.js';
import { admitOrder, type OrderDesk } from './admit-order.js';
import { certId, pollAgainAfterMs, type RenewalWindow } from './ari.js';
import { FaultPlan } from './fault-plan.js';
import { retryAfterValue, type FaultRule } from './faults.js';
import { baseName, type Identifier } from './identifier.js';
import { IssuedCertificates, validityFrom, windowOf, type IssuedCertificate } from './issued-certificates.js';
import { moveWindow } from './move-window.js';
import { AcmeProblem, problemOf, type Subproblem } from './problem.js';
import { LETS_ENCRYPT_PROFILES, type Profiles } from './profile.js';
import { Random } from './random.js';
import { RateLimits, type RateLimitOptions, type Refusal } from './rate-limits.js';

/** From when to when (milliseconds, end outside) every call ends in a 503. */
export interface Outage {
  readonly start: number;
  readonly end: number;
}

export interface InProcessOptions extends RateLimitOptions {
  readonly clock: Clock;
  readonly seed?: number;
  readonly profiles?: Profiles;
  readonly faults?: readonly FaultRule[];
  readonly outages?: readonly Outage[];
  /** What validating a name ends in; all are valid when not given. */
  readonly validate?: (name: string, account: string) => AcmeProblem | undefined;
}

export interface IssueRequest {
  readonly account: string;
  readonly identifiers: readonly string[];
  readonly profile?: string | undefined;
  readonly replaces?: string | undefined;
}

export interface RenewalInfo {
  readonly window: RenewalWindow;
  readonly explanationUrl?: string | undefined;
  readonly retryAfterMs: number;
}

const AUTHORITY_KEY_ID = '69885b6b87464041e1b37b847ba0ae2cde01c8d4';
const FORGET_EVERY = 20_000;
const DAY_MS = 86_400_000;

/**
 * The CA as plain calls, for simulations: the same order desk, limits, windows and profiles as over HTTP, and certificates that have
 * dates and ids but no keys. Every call is synchronous and takes microseconds. Nothing waits: time is the clock's.
 */
export class InProcessCa {
  readonly certificates = new IssuedCertificates();
  readonly limits: RateLimits;
  readonly faults: FaultPlan;
  /** Every refusal by a bucket, in order: empty when the client keeps to the limits. */
  readonly refusals: Refusal[] = [];
  readonly #random: Random;
  readonly #desk: OrderDesk;
  #issued = 0;

  constructor(private readonly options: InProcessOptions) {
    const { clock, seed = 1, faults = [], profiles = LETS_ENCRYPT_PROFILES } = options;
    this.#random = new Random(seed);
    this.faults = new FaultPlan(new Random(seed + 1), faults);
    this.limits = new RateLimits(clock, options);
    this.#desk = {
      clock,
      profiles,
      certificates: this.certificates,
      limits: this.limits,
      authorityKeyIds: new Set([AUTHORITY_KEY_ID]),
      blockedNames: [],
      unpauseUrl: 'https://ca.test/unpause',
      onRefusal: (refusal) => void this.refusals.push(refusal),
    };
  }

  /** How many certificates there have ever been. */
  get issuedCount(): number {
    return this.#issued;
  }

  /** newOrder, every validation, finalize and download in one. @throws AcmeProblem as the server would send it */
  issue(request: IssueRequest): IssuedCertificate {
    this.#interfere('newOrder', request.identifiers);
    const identifiers = request.identifiers.map(toIdentifier);
    if (request.replaces !== undefined && this.faults.take('alreadyReplaced', { operation: 'newOrder' })) {
      throw new AcmeProblem('alreadyReplaced', 'the certificate already has a replacement order');
    }
    const order = admitOrder(this.#desk, { ...request, identifiers });
    const names = order.identifiers.map(({ value }) => value);
    this.#validate(request.account, names);
    this.#interfere('finalize', names);
    const now = this.#now();
    const serial = `03${this.#random.bytes(17).toString('hex')}`;
    const certificate: IssuedCertificate = {
      serial,
      certId: certId(AUTHORITY_KEY_ID, serial),
      account: request.account,
      identifiers: names,
      profile: order.profile.name,
      ...validityFrom(now, order.profile.lifeMs),
      isReplaced: false,
    };
    this.#record(certificate, order.replaced, now);
    if (this.faults.take('lostAnswer', { operation: 'finalize', names })) {
      throw new AcmeProblem('serverInternal', 'The connection was reset');
    }
    return certificate;
  }

  /** @throws AcmeProblem when the CA is down or knows no such certificate */
  renewalInfo(id: string): RenewalInfo {
    this.#interfere('renewalInfo', []);
    const certificate = this.certificates.byCertId(id);
    if (certificate === undefined) {
      throw new AcmeProblem('malformed', 'Requested certificate was not found', { status: 404 });
    }
    moveWindow(certificate, this.faults);
    const explanationUrl = certificate.override?.explanationUrl;
    return { window: windowOf(certificate), explanationUrl, retryAfterMs: pollAgainAfterMs(this.#random) };
  }

  revoke(id: string, reason = 0): void {
    const certificate = this.certificates.byCertId(id);
    if (certificate?.revokedAt !== undefined) {
      throw new AcmeProblem('alreadyRevoked', 'Certificate already revoked');
    }
    if (certificate !== undefined) {
      certificate.revokedAt = this.#now();
      certificate.revocationReason = reason;
    }
  }

  #now(): number {
    return this.options.clock.now().getTime();
  }

  #record(certificate: IssuedCertificate, replaced: IssuedCertificate | undefined, now: number): void {
    this.limits.issued(certificate.identifiers);
    this.certificates.add(certificate);
    if (replaced !== undefined) {
      replaced.isReplaced = true;
    }
    if (this.faults.take('revoked', { operation: 'finalize', names: certificate.identifiers })) {
      certificate.revokedAt = now;
    }
    this.#issued += 1;
    if (this.#issued % FORGET_EVERY === 0) {
      this.certificates.forgetExpiredBefore(now - DAY_MS);
    }
  }

  #validate(account: string, names: readonly string[]): void {
    const failures = names.flatMap((value): readonly Subproblem[] => {
      const injected = this.faults.take('validationFails', { operation: 'challenge', names: [value] });
      const problem = injected
        ? new AcmeProblem('connection', `${baseName(value)}: Timeout during connect`)
        : this.options.validate?.(value, account);
      if (problem === undefined) {
        this.limits.validationSucceeded(account, value);
        return [];
      }
      this.limits.validationFailed(account, value);
      return [{ type: problem.type, detail: problem.detail, identifier: toIdentifier(value) }];
    });
    if (failures.length > 0) {
      throw problemOf(failures);
    }
  }

  #interfere(operation: string, names: readonly string[]): void {
    const now = this.#now();
    const isDown = this.options.outages?.some(({ start, end }) => start <= now && now < end);
    const rule = this.faults.take('serverError', { operation, names });
    if (isDown === true || rule !== undefined) {
      throw new AcmeProblem('serverInternal', 'Service busy; retry later', { status: rule?.status ?? 503 });
    }
    const limited = this.faults.take('rateLimited', { operation, names });
    if (limited !== undefined) {
      const retryAfter = retryAfterValue(limited.retryAfter ?? 'SECONDS', this.options.clock.now());
      throw new AcmeProblem('rateLimited', 'too many requests', retryAfter === undefined ? {} : { retryAfter });
    }
  }
}

function toIdentifier(value: string): Identifier {
  return { type: isIP(value) === 0 ? 'dns' : 'ip', value };
}
