import { Injectable } from '@nestjs/common';
import type { Operation, OperationKind, OperationPlan } from '../../../operations/index.js';
import { asItWas } from '../../domain/certificate-state.js';
import { ISSUE_TASKS, issuingOf } from '../../domain/provider-kinds/provider-kinds.js';
import { onlyWith } from '../../domain/only-with.js';
import { CertificateWork, thenServe, type IssueState } from '../certificate-work.js';

/** `certificate.issue`: the certificate is made and then served by every site that has one of its names. */
@Injectable()
export class IssueCertificateKind implements OperationKind<IssueState> {
  readonly name = 'certificate.issue';
  readonly tasks = [...ISSUE_TASKS, 'http.apply'];
  readonly timeoutMs = 1_200_000;

  constructor(private readonly work: CertificateWork) {}

  load(operation: Operation): Promise<IssueState> {
    return this.work.toIssue(operation);
  }

  plan(state: IssueState, operation: Operation): OperationPlan {
    const issue = issuingOf(state.certificate).plan({ ...state, onlyWith: onlyWith(operation) });
    return thenServe(state, issue, [asItWas(state.certificate)]);
  }
}
