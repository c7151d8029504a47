import { Injectable } from '@nestjs/common';
import type { Operation, OperationKind, OperationPlan } from '../../../operations/index.js';
import { asItWas, inForceWith } from '../../domain/certificate-state.js';
import { pastedPair } from '../../domain/pasted-pair.js';
import { CertificateWork, placeOf, thenServe, type CertificateState } from '../certificate-work.js';

/** `certificate.install`: a certificate for a key that is on the server is stored with it, and served where coverage chooses it. */
@Injectable()
export class InstallCertificateKind implements OperationKind<CertificateState> {
  readonly name = 'certificate.install';
  readonly tasks = ['certificate.install', 'http.apply'];
  readonly timeoutMs = 300_000;

  constructor(private readonly work: CertificateWork) {}

  load(operation: Operation): Promise<CertificateState> {
    return this.work.load(operation, (certificate) => inForceWith(certificate, pastedPair(operation).certificatePem));
  }

  plan(state: CertificateState, operation: Operation): OperationPlan {
    const input = { ...placeOf(state), ...pastedPair(operation), names: state.deployment.names };
    return thenServe(state, { name: 'certificate.install', input }, [asItWas(state.certificate)]);
  }
}
