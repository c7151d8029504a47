import { Injectable } from '@nestjs/common';
import { RETRIED_BY_SCHEDULE, RequestOperation, type Operation } from '../../../operations/index.js';
import type { Actor } from '../../../shared/actor.js';
import { Clock } from '../../../shared/clock.js';
import type { Certificate } from '../../domain/certificate.js';
import { certificateOperation } from '../../domain/certificate-operation.js';
import type { CertificateRenewal } from '../../domain/renewal/certificate-renewal.js';
import { CertificateDeployments } from '../certificate-deployments.js';
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
    private readonly clock: Clock,
  ) {}

  async execute(certificate: Certificate, renewal: CertificateRenewal, actor: Actor): Promise<Operation> {
    const request = certificateOperation('certificate.renew', certificate, await this.deployments.locks(certificate));
    const backup = await this.chooseCa.backup(certificate, renewal);
    const input = { [RETRIED_BY_SCHEDULE]: true, ...(backup && { backup: { ...backup } }) };
    const operation = await this.request.execute({ ...request, input }, actor);
    const attempt = { operationId: operation.id, lastOperationId: operation.id, lastAttemptAt: this.clock.now() };
    await this.renewals.save({ ...renewal, ...attempt, plannedFor: certificate.fingerprint }, null);
    return operation;
  }
}
