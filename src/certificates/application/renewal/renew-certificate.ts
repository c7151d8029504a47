import { Injectable } from '@nestjs/common';
import { OperationStore, type Operation } from '../../../operations/index.js';
import { canSeeClient, type Actor } from '../../../shared/actor.js';
import { Clock } from '../../../shared/clock.js';
import { DomainError } from '../../../shared/domain-error.js';
import { parseId } from '../../../shared/ids.js';
import { UnitOfWork } from '../../../shared/unit-of-work.js';
import type { Certificate } from '../../domain/certificate.js';
import type { LimitReached } from '../../domain/rate-limits/order-budget.js';
import { canWait } from '../../domain/renewal/renewal-alarm.js';
import { PROVIDER_KINDS } from '../../domain/provider-kinds/provider-kinds.js';
import { renewalStep } from '../../domain/renewal/renewal-step.js';
import type { CertificateRenewal } from '../../domain/renewal/certificate-renewal.js';
import { validityOf } from '../../domain/renewal/validity-of.js';
import { CertificateDeployments } from '../certificate-deployments.js';
import { RenewalStore } from './renewal-store.js';
import { RequestRenewal } from './request-renewal.js';

export interface RenewalRequested {
  readonly certificate: Certificate;
  /** Null when it was not forced and is not due, nobody is shown it, or it waits for a limit. */
  readonly operation: Operation | null;
  /** As far as is known, the CA will refuse it until then. By force it is tried all the same: the CA has the last word. */
  readonly limitReached: LimitReached | null;
}

/**
 * Renews a certificate when the schedule would, or at once any that Hlér can renew when forced. One that is being renewed is not
 * renewed twice.
 */
@Injectable()
export class RenewCertificate {
  constructor(
    private readonly renewals: RenewalStore,
    private readonly requestRenewal: RequestRenewal,
    private readonly deployments: CertificateDeployments,
    private readonly operations: OperationStore,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError ID_INVALID, CERTIFICATE_NOT_FOUND, CERTIFICATE_NOT_RENEWABLE */
  execute(certificateId: string, force: boolean, actor: Actor): Promise<RenewalRequested> {
    const id = parseId(certificateId);
    return this.unitOfWork.run(async () => {
      const certificate = await this.renewals.lockCertificate(id);
      if (!certificate || !canSeeClient(actor, certificate.clientId)) {
        throw new DomainError('CERTIFICATE_NOT_FOUND', `There is no certificate ${id}.`);
      }
      mustBeRenewable(certificate);
      const renewal = await this.renewals.find(id);
      if (renewal.operationId !== null) {
        const operation = await this.operations.find(renewal.operationId);
        return { certificate, operation, limitReached: null };
      }
      if (!force && !(await this.#isDue(certificate, renewal))) {
        return { certificate, operation: null, limitReached: null };
      }
      const keepReserve = !force && mayWait(certificate, this.clock.now());
      const limitReached = await this.requestRenewal.limitReached(certificate, renewal, keepReserve);
      const operation =
        force || limitReached === null ? await this.requestRenewal.execute(certificate, renewal, actor) : null;
      return { certificate, operation, limitReached };
    });
  }

  async #isDue(certificate: Certificate, { state }: CertificateRenewal): Promise<boolean> {
    const validity = validityOf(certificate);
    if (validity === null) {
      return false;
    }
    const { action } = renewalStep(PROVIDER_KINDS[certificate.provider].renewal, state, validity, this.clock.now());
    return action === 'RENEW' && (await this.deployments.usedNames(certificate)).length > 0;
  }
}

function mayWait(certificate: Certificate, now: Date): boolean {
  const validity = validityOf(certificate);
  return validity !== null && canWait(validity, now);
}

function mustBeRenewable({ id, provider, status, names }: Certificate): void {
  const name = names[0] ?? id;
  if (!PROVIDER_KINDS[provider].renewal.automatic) {
    throw new DomainError(
      'CERTIFICATE_NOT_RENEWABLE',
      `The certificate for ${name} was uploaded: upload its successor, or issue one.`,
    );
  }
  if (status !== 'ACTIVE') {
    throw new DomainError(
      'CERTIFICATE_NOT_RENEWABLE',
      `The certificate for ${name} is ${status}: there is nothing to renew. Issue it with issueCertificate.`,
    );
  }
}
