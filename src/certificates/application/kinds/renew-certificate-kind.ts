import { Injectable } from '@nestjs/common';
import type { Operation, OperationKind, OperationPlan } from '../../../operations/index.js';
import { asItWas } from '../../domain/certificate-state.js';
import { ISSUE_TASKS } from '../../domain/provider-kinds/provider-kinds.js';
import { renewalTask } from '../../domain/renewal/renewal-task.js';
import { CertificateWork, thenServe, type IssueState } from '../certificate-work.js';

/**
 * `certificate.renew`: the successor is made, and brought into use wherever the certificate is served. A site that cannot take
 * it is a warning: the others are not given the old one back for it.
 */
@Injectable()
export class RenewCertificateKind implements OperationKind<IssueState> {
  readonly name = 'certificate.renew';
  readonly tasks = [...ISSUE_TASKS, 'http.apply'];
  readonly timeoutMs = 900_000;

  constructor(private readonly work: CertificateWork) {}

  load(operation: Operation): Promise<IssueState> {
    return this.work.toRenew(operation);
  }

  plan({ deployment, ...wanted }: IssueState): OperationPlan {
    const tasks = deployment.plan.tasks.map((task) => ({ ...task, tolerated: true }));
    const { certificate } = wanted;
    return thenServe({ certificate, deployment: { plan: { ...deployment.plan, tasks } } }, renewalTask(wanted), [
      asItWas(certificate),
    ]);
  }
}
