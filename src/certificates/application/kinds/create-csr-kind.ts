import { Injectable } from '@nestjs/common';
import type { Operation, OperationKind, OperationPlan } from '../../../operations/index.js';
import { asItWas } from '../../domain/certificate-state.js';
import { CertificateWork, placeOf, type CertificateState } from '../certificate-work.js';

/** `certificate.csr`: a key is made on the server, and a request for a certificate for it. */
@Injectable()
export class CreateCsrKind implements OperationKind<CertificateState> {
  readonly name = 'certificate.csr';
  readonly tasks = ['certificate.csr'];
  readonly timeoutMs = 300_000;

  constructor(private readonly work: CertificateWork) {}

  load(operation: Operation): Promise<CertificateState> {
    return this.work.load(operation, (certificate) => certificate);
  }

  plan(state: CertificateState, { input: { subject = {} } }: Operation): OperationPlan {
    const { certificate } = state;
    const { id, names, keyType } = certificate;
    return {
      writes: [{ type: 'certificate', id }],
      onFailure: [asItWas(certificate)],
      tasks: [{ name: 'certificate.csr', input: { ...placeOf(state), names, keyType, subject } }],
    };
  }
}
