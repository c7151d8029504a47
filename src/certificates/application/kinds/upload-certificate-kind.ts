import { Injectable } from '@nestjs/common';
import { sealedSecret, type Operation, type OperationKind, type OperationPlan } from '../../../operations/index.js';
import { asItWas, inForceWith } from '../../domain/certificate-state.js';
import { pastedPair } from '../../domain/pasted-pair.js';
import { CertificateWork, placeOf, thenServe, type CertificateState } from '../certificate-work.js';

/** `certificate.upload`: an uploaded pair is stored, and served where coverage chooses it. Its key comes sealed beside the input. */
@Injectable()
export class UploadCertificateKind implements OperationKind<CertificateState> {
  readonly name = 'certificate.upload';
  readonly tasks = ['certificate.store', 'http.apply'];
  readonly timeoutMs = 300_000;

  constructor(private readonly work: CertificateWork) {}

  load(operation: Operation): Promise<CertificateState> {
    return this.work.load(operation, (certificate) => inForceWith(certificate, pastedPair(operation).certificatePem));
  }

  plan(state: CertificateState, operation: Operation): OperationPlan {
    const input = {
      ...placeOf(state),
      ...pastedPair(operation),
      privateKey: sealedSecret('privateKey'),
      names: state.deployment.names,
    };
    return thenServe(state, { name: 'certificate.store', input }, [asItWas(state.certificate)]);
  }
}
