import { Injectable, Logger } from '@nestjs/common';
import {
  OperationStore,
  RequestOperation,
  hasEnded,
  hasSucceeded,
  shared,
  type Operation,
} from '../../../operations/index.js';
import { Clock } from '../../../shared/clock.js';
import { ISSUE_INPUT, certificateOperation } from '../../domain/certificate-operation.js';
import type { Certificate } from '../../domain/certificate.js';
import { refusedAtCa } from '../../domain/rate-limits/refused-at-ca.js';
import type { CertificateRenewal } from '../../domain/renewal/certificate-renewal.js';
import {
  afterCheck,
  afterOrder,
  firstCheck,
  followed,
  heldUntil,
  missingNames,
  nextCheck,
  toCheck,
  toOrder,
  type LeftOut,
  type LeftOutWork,
} from '../../domain/renewal/left-out-names.js';
import { CertificateDeployments } from '../certificate-deployments.js';
import { CertificateProviderStore } from '../certificate-provider-store.js';
import { CaBudget } from '../rate-limits/ca-budget.js';
import { SCHEDULER } from './scheduler-actor.js';

export interface LeftOutLooked {
  readonly renewal: CertificateRenewal;
  /** When there is something to do about names that are missing; null: nothing is. */
  readonly until: Date | null;
  readonly requested: boolean;
}

/**
 * Brings names that a certificate lacks into it: they are looked at from time to time as the CA would, which costs
 * nothing there, and ordered when nothing speaks against them any more. In a unit of work in which the certificate is locked.
 */
@Injectable()
export class ReturnLeftOutNames {
  readonly #logger = new Logger('Renewal');

  constructor(
    private readonly operations: OperationStore,
    private readonly request: RequestOperation,
    private readonly deployments: CertificateDeployments,
    private readonly providers: CertificateProviderStore,
    private readonly budget: CaBudget,
    private readonly clock: Clock,
  ) {}

  async execute(certificate: Certificate, renewal: CertificateRenewal, mayRequest: boolean): Promise<LeftOutLooked> {
    const now = this.clock.now();
    const leftOut = followed(renewal.leftOut, missingNames(certificate), now);
    const { work } = leftOut;
    const operation = work && (await this.operations.find(work.operationId));
    if (operation && !hasEnded(operation.state)) {
      return { renewal: { ...renewal, leftOut }, until: now, requested: false };
    }
    const settled = work
      ? await this.#settled(certificate, { ...leftOut, work: null }, work, operation, now)
      : await this.#next(certificate, leftOut, mayRequest, now);
    const requested = settled.work !== null;
    return { renewal: { ...renewal, leftOut: settled }, until: requested ? now : nextCheck(settled), requested };
  }

  async #next(certificate: Certificate, leftOut: LeftOut, mayRequest: boolean, now: Date): Promise<LeftOut> {
    const names = toCheck(leftOut, now);
    if (names.length === 0 || !mayRequest) {
      return leftOut;
    }
    if (await this.#isBusy(certificate)) {
      return heldUntil(leftOut, names, firstCheck(now));
    }
    const provider = certificate.providerId === null ? null : await this.providers.find(certificate.providerId);
    return provider?.acme.preflight.enabled === false
      ? this.#order(certificate, leftOut, names, now)
      : this.#requested('CHECK', certificate, leftOut, names);
  }

  /** Somebody does something with it, or tries again: that may bring the names. */
  async #isBusy({ id }: Certificate): Promise<boolean> {
    const newest = (await this.operations.newestOf('certificate', [id])).get(id);
    return newest !== undefined && !hasEnded(newest.state);
  }

  async #settled(
    certificate: Certificate,
    leftOut: LeftOut,
    { type, names }: LeftOutWork,
    operation: Operation | null,
    now: Date,
  ): Promise<LeftOut> {
    if (type === 'ORDER') {
      return afterOrder(leftOut, names, operation ? refusedAtCa(operation) : [], now);
    }
    const passed =
      operation && hasSucceeded(operation.state) ? names.filter((name) => !isBlocked(operation, name)) : [];
    return this.#order(certificate, afterCheck(leftOut, names, passed, now), passed, now);
  }

  async #order(certificate: Certificate, leftOut: LeftOut, passed: readonly string[], now: Date): Promise<LeftOut> {
    const names = toOrder(leftOut, passed, now);
    if (names.length === 0) {
      return leftOut;
    }
    const limit = await this.budget.refusal(certificate, certificate.providerId, true);
    if (limit !== null) {
      const until = limit.until.toISOString();
      this.#logger.log(`${names.join(', ')} could be certified again, and wait until ${until}: ${limit.limit}.`);
      return heldUntil(leftOut, names, limit.until);
    }
    this.#logger.log(`${names.join(', ')} can be certified again, and are asked for.`);
    return this.#requested('ORDER', certificate, leftOut, names);
  }

  async #requested(
    type: LeftOutWork['type'],
    certificate: Certificate,
    leftOut: LeftOut,
    names: readonly string[],
  ): Promise<LeftOut> {
    const { id } = await (type === 'CHECK'
      ? this.#requestCheck(certificate, names)
      : this.#requestIssue(certificate, names));
    return { ...leftOut, work: { operationId: id, type, names } };
  }

  #requestCheck(certificate: Certificate, names: readonly string[]): Promise<Operation> {
    const request = certificateOperation('certificate.check-names', certificate);
    // It only looks: what is done with the certificate need not wait for it.
    const locks = [shared('certificate', certificate.id), shared('server', certificate.serverId)];
    return this.request.execute({ ...request, locks, input: { names } }, SCHEDULER);
  }

  async #requestIssue(certificate: Certificate, names: readonly string[]): Promise<Operation> {
    const locks = await this.deployments.locks(certificate);
    const request = certificateOperation('certificate.issue', certificate, locks);
    const operation = await this.request.execute({ ...request, input: { ...ISSUE_INPUT, onlyWith: names } }, SCHEDULER);
    await this.budget.charge(operation.id, certificate, certificate.providerId);
    return operation;
  }
}

/** Something certain speaks against it; what is only doubtful is for the CA to say. */
function isBlocked({ warnings }: Operation, name: string): boolean {
  return warnings.some(({ code, details }) => code === 'DOMAIN_BLOCKED' && details?.['name'] === name);
}
