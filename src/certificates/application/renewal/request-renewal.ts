import { Injectable } from '@nestjs/common';
import { RETRIED_BY_SCHEDULE, RequestOperation, type Operation } from '../../../operations/index.js';
import type { Actor } from '../../../shared/actor.js';
import { Clock } from '../../../shared/clock.js';
import type { Certificate } from '../../domain/certificate.js';
import { certificateOperation } from '../../domain/certificate-operation.js';
import type { CertificateRenewal } from '../../domain/renewal/certificate-renewal.js';
import type { LimitReached } from '../../domain/rate-limits/order-budget.js';
import { CertificateDeployments } from '../certificate-deployments.js';
import { CaBudget } from '../rate-limits/ca-budget.js';
import { ChooseCa } from './choose-ca.js';
import { RenewalStore } from './renewal-store.js';

/** Requests `certificate.renew` for a certificate whose row is locked; there is one at a time for each. */
@Injectable()
export class RequestRenewal {
  constructor(
    private readonly renewals: RenewalStore,
    private readonly deployments: CertificateDeployments,
    private readonly request: RequestOperation,
    private readonly chooseCa: ChooseCa,
    private readonly budget: CaBudget,
    private readonly clock: Clock,
  ) {}

  /** The limit of the CA that it would meet now; null: none that is known of. `keepReserve`: for a renewal that can wait. */
  async limitReached(
    certificate: Certificate,
    renewal: CertificateRenewal,
    keepReserve: boolean,
  ): Promise<LimitReached | null> {
    const backup = await this.chooseCa.backup(certificate, renewal);
    return this.budget.refusal(certificate, backup?.providerId ?? certificate.providerId, keepReserve);
  }

  async execute(certificate: Certificate, renewal: CertificateRenewal, actor: Actor): Promise<Operation> {
    const request = certificateOperation('certificate.renew', certificate, await this.deployments.locks(certificate));
    const backup = await this.chooseCa.backup(certificate, renewal);
    const asked = backup?.providerId ?? certificate.providerId;
    const input = { [RETRIED_BY_SCHEDULE]: true, ...(backup && { backup: { ...backup } }) };
    const operation = await this.request.execute({ ...request, input }, actor);
    await this.budget.charge(operation.id, certificate, asked);
    const state = { ...renewal.state, waitsFor: null };
    const attempt = { operationId: operation.id, lastOperationId: operation.id, lastAttemptAt: this.clock.now() };
    await this.renewals.save({ ...renewal, ...attempt, state, plannedFor: certificate.fingerprint }, null);
    return operation;
  }
}
