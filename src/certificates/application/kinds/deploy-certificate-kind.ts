import { Injectable } from '@nestjs/common';
import type { Operation, OperationKind, OperationPlan } from '../../../operations/index.js';
import { CertificateWork, thenServe, type CertificateState } from '../certificate-work.js';

/** `certificate.deploy`: the files of a certificate are checked, and it is served where coverage chooses it, which handshakes prove. */
@Injectable()
export class DeployCertificateKind implements OperationKind<CertificateState> {
  readonly name = 'certificate.deploy';
  readonly tasks = ['certificate.check', 'http.apply'];
  readonly timeoutMs = 300_000;

  constructor(private readonly work: CertificateWork) {}

  load(operation: Operation): Promise<CertificateState> {
    return this.work.load(operation, (certificate) => certificate);
  }

  plan(state: CertificateState): OperationPlan {
    const { certificate, server, deployment } = state;
    const input = { tlsDirectory: server.http.paths.tls, spki: certificate.spki, names: deployment.names };
    return thenServe(state, { name: 'certificate.check', input }, []);
  }
}
