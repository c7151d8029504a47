import { Injectable } from '@nestjs/common';
import { outputOf, type Operation, type OperationKind, type OperationPlan } from '../../../operations/index.js';
import { asItWas } from '../../domain/certificate-state.js';
import { CertificateWork, placeOf, thenServe, type CertificateState } from '../certificate-work.js';

const ROLLBACK_TASK = 'certificate.rollback';

/** `certificate.rollback`: the generation before the one in force is in force again, and handshakes prove it. */
@Injectable()
export class RollbackCertificateKind implements OperationKind<CertificateState> {
  readonly name = 'certificate.rollback';
  readonly tasks = [ROLLBACK_TASK, 'http.apply'];
  readonly timeoutMs = 300_000;

  constructor(private readonly work: CertificateWork) {}

  load(operation: Operation): Promise<CertificateState> {
    // The key may have been another one then: the server will know.
    return this.work.load(operation, (certificate) => ({ ...certificate, spki: outputOf(ROLLBACK_TASK, 'spki') }));
  }

  plan(state: CertificateState): OperationPlan {
    const input = { ...placeOf(state), names: state.deployment.names };
    return thenServe(state, { name: ROLLBACK_TASK, input }, [asItWas(state.certificate)]);
  }
}
