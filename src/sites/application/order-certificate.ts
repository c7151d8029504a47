import { Injectable } from '@nestjs/common';
import {
  CaBudget,
  CertificateStore,
  ISSUE_INPUT,
  RequestCertificate,
  type Certificate,
  type KeyType,
  type LimitReached,
  type ProviderChoice,
} from '../../certificates/index.js';
import type { Operation } from '../../operations/index.js';
import type { Actor } from '../../shared/actor.js';
import type { Site } from '../domain/site.js';
import { RequestCertificateOperation } from './request-certificate-operation.js';

export interface CertificateOrder extends ProviderChoice {
  readonly names: readonly string[];
  readonly keyType: KeyType;
  readonly profile: string | null;
}

export interface CertificateOrdered {
  readonly certificate: Certificate;
  readonly operation: Operation;
  /** As far as is known, the CA will refuse it until then. It is tried all the same. */
  readonly limitReached: LimitReached | null;
}

/** Requests a certificate and the operation that issues it. Runs inside a unit of work in which the site is locked. */
@Injectable()
export class OrderCertificate {
  constructor(
    private readonly certificates: CertificateStore,
    private readonly request: RequestCertificate,
    private readonly operations: RequestCertificateOperation,
    private readonly budget: CaBudget,
  ) {}

  /** @throws DomainError CERTIFICATE_NAMES_INVALID */
  async anew(site: Site, order: CertificateOrder, actor: Actor): Promise<CertificateOrdered> {
    const { clientId, serverId } = site;
    const certificate = await this.request.execute({ ...order, clientId, serverId });
    return this.#issue(certificate, actor);
  }

  /** The same certificate for other names: it goes on serving until its successor does. */
  async again(before: Certificate, names: readonly string[], actor: Actor): Promise<CertificateOrdered> {
    const status = before.status === 'FAILED' ? 'PENDING' : before.status;
    await this.certificates.update(before.id, { requestedNames: names, status });
    const certificate = { ...before, requestedNames: names, status };
    return this.#issue(certificate, actor);
  }

  async #issue(certificate: Certificate, actor: Actor): Promise<CertificateOrdered> {
    const names = [...new Set([...certificate.requestedNames, ...certificate.names])];
    const limitReached = await this.budget.refusal(certificate, certificate.providerId, false);
    const operation = await this.operations.execute('certificate.issue', { ...certificate, names }, actor, {
      input: ISSUE_INPUT,
    });
    await this.budget.charge(operation.id, certificate, certificate.providerId);
    return { certificate, operation, limitReached };
  }
}
