import { Injectable } from '@nestjs/common';
import type { Operation, OperationKind, OperationPlan } from '../../../operations/index.js';
import { DOMAIN_CHECK_TASK, domainCheckTasks } from '../../domain/domain-check-tasks.js';
import type { CertificateProvider } from '../../domain/provider/certificate-provider.js';
import { CertificateWork, type PlacedCertificate } from '../certificate-work.js';

interface State extends PlacedCertificate {
  readonly provider: CertificateProvider | null;
}

/** `certificate.check-names`: names that a certificate was issued without are looked at as its CA would; nothing is ordered. */
@Injectable()
export class CheckNamesKind implements OperationKind<State> {
  readonly name = 'certificate.check-names';
  readonly tasks = [DOMAIN_CHECK_TASK];
  readonly timeoutMs = 300_000;

  constructor(private readonly work: CertificateWork) {}

  async load(operation: Operation): Promise<State> {
    const placed = await this.work.place(operation);
    const [provider = null] = await this.work.chainOf(placed.certificate);
    return { ...placed, provider };
  }

  plan({ provider, server }: State, { input }: Operation): OperationPlan {
    return { writes: [], tasks: domainCheckTasks(input['names'] as readonly string[], provider, server) };
  }
}
