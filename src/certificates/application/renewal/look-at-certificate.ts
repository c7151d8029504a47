import { Injectable, Logger } from '@nestjs/common';
import { OperationStore, hasEnded, type Operation } from '../../../operations/index.js';
import { Clock } from '../../../shared/clock.js';
import type { Certificate } from '../../domain/certificate.js';
import type { CertificateRenewal } from '../../domain/renewal/certificate-renewal.js';
import { DAY_MS, after, earliest } from '../../domain/renewal/life.js';
import { canWait, nextThreshold } from '../../domain/renewal/renewal-alarm.js';
import { PROVIDER_KINDS } from '../../domain/provider-kinds/provider-kinds.js';
import { advised, planned } from '../../domain/renewal/renewal-state.js';
import { renewalStep } from '../../domain/renewal/renewal-step.js';
import { afterAttempt, withAlarm } from '../../domain/renewal/renewal-outcome.js';
import { validityOf } from '../../domain/renewal/validity-of.js';
import { CertificateDeployments } from '../certificate-deployments.js';
import { ChooseCa } from './choose-ca.js';
import type { Consulted } from './consult-issuer.js';
import { RenewalStore } from './renewal-store.js';
import { RequestRenewal } from './request-renewal.js';
import { RetryFirstIssue } from './retry-first-issue.js';
import { ReturnLeftOutNames } from './return-left-out-names.js';
import { SCHEDULER } from './scheduler-actor.js';

/**
 * One look of the scheduler at one certificate, in a unit of work in which its row is locked: settles what an ended operation
 * came to, decides the next step, takes it, and keeps when to look again. To look too often does no harm.
 */
@Injectable()
export class LookAtCertificate {
  readonly #logger = new Logger('Renewal');

  constructor(
    private readonly renewals: RenewalStore,
    private readonly operations: OperationStore,
    private readonly deployments: CertificateDeployments,
    private readonly requestRenewal: RequestRenewal,
    private readonly chooseCa: ChooseCa,
    private readonly returnNames: ReturnLeftOutNames,
    private readonly firstIssue: RetryFirstIssue,
    private readonly clock: Clock,
  ) {}

  /** @returns whether an operation was requested. */
  async execute(certificate: Certificate, consulted: Consulted | null, mayRequest: boolean): Promise<boolean> {
    const now = this.clock.now();
    let renewal = await this.renewals.find(certificate.id);
    if (renewal.operationId !== null) {
      const operation = await this.operations.find(renewal.operationId);
      if (operation && !hasEnded(operation.state)) {
        await this.renewals.save(renewal, null);
        return false;
      }
      renewal = this.#settled(certificate, renewal, operation, await this.chooseCa.count(certificate), now);
    }
    return this.#step(certificate, renewal, consulted, now, mayRequest);
  }

  async #step(
    certificate: Certificate,
    renewal: CertificateRenewal,
    consulted: Consulted | null,
    now: Date,
    mayRequest: boolean,
  ): Promise<boolean> {
    const policy = PROVIDER_KINDS[certificate.provider].renewal;
    const validity = validityOf(certificate);
    if (certificate.status === 'FAILED') {
      return this.firstIssue.execute(certificate, renewal, mayRequest);
    }
    if (validity === null) {
      await this.renewals.save(renewal, null);
      return false;
    }
    const step = renewalStep(policy, renewal.state, validity, now);
    if (step.action === 'PLAN' || renewal.plannedFor !== certificate.fingerprint) {
      const state = planned(validity, policy.advised, now, Math.random);
      const anew = { ...renewal, state, plannedFor: certificate.fingerprint };
      return this.#step(certificate, anew, consulted, now, mayRequest);
    }
    if (step.action === 'ASK_ADVICE') {
      if (consulted === null || consulted.fingerprint !== certificate.fingerprint) {
        // It has changed since: the next tick asks about what is in force now.
        await this.renewals.save(renewal, now);
        return false;
      }
      const state = advised(renewal.state, consulted.advice, validity, now, Math.random);
      return this.#step(certificate, { ...renewal, state }, null, now, mayRequest);
    }
    const isUsed = (await this.deployments.usedNames(certificate)).length > 0;
    const judged = this.#judged(certificate, renewal, isUsed, now);
    if (step.action === 'WAIT') {
      const looked = isUsed
        ? await this.returnNames.execute(certificate, judged, mayRequest)
        : { renewal: judged, until: null, requested: false };
      await this.renewals.save(looked.renewal, earliest([step.until, looked.until]));
      return looked.requested;
    }
    if (!isUsed) {
      // Nobody is shown it. Should a site take it up again before it ends, it is renewed within a day.
      await this.renewals.save(judged, validity.notAfter > now ? after(now, DAY_MS) : null);
      return false;
    }
    if (!mayRequest) {
      await this.renewals.save(judged, now);
      return false;
    }
    const waitsFor = await this.requestRenewal.limitReached(certificate, judged, canWait(validity, now));
    if (waitsFor !== null) {
      const until = earliest([waitsFor.until, nextThreshold(validity, now)]);
      await this.renewals.save({ ...judged, state: { ...judged.state, waitsFor } }, until);
      return false;
    }
    await this.requestRenewal.execute(certificate, judged, SCHEDULER);
    return true;
  }

  #settled(
    certificate: Certificate,
    renewal: CertificateRenewal,
    operation: Operation | null,
    cas: number,
    now: Date,
  ): CertificateRenewal {
    const settled = afterAttempt(certificate, renewal, operation, cas, now, Math.random);
    const name = certificate.names[0] ?? certificate.id;
    if (settled.state.failures > renewal.state.failures) {
      const reason = operation?.failure?.summary ?? 'Its operation is gone.';
      const next = settled.state.nextAttemptAt?.toISOString() ?? 'never';
      this.#logger.warn(`The certificate for ${name} was not renewed. ${reason} It is tried again at ${next}.`);
    } else {
      this.#logger.log(`The certificate for ${name} was renewed, until ${certificate.notAfter?.toISOString() ?? '?'}.`);
    }
    return settled;
  }

  #judged(certificate: Certificate, renewal: CertificateRenewal, isUsed: boolean, now: Date): CertificateRenewal {
    const judged = withAlarm(certificate, renewal, isUsed, now);
    if (judged.alarm !== null && judged.alarm.reason !== renewal.alarm?.reason) {
      const { level, message } = judged.alarm;
      const line = `${level}: the certificate for ${certificate.names[0] ?? certificate.id}. ${message}`;
      this.#logger[level === 'CRITICAL' ? 'error' : 'warn'](line);
    }
    return judged;
  }
}
