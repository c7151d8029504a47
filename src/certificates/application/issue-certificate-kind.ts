import { Injectable } from '@nestjs/common';
import type { Operation, OperationKind, OperationPlan } from '../../operations/index.js';
import { ServerStore, type Server } from '../../servers/index.js';
import { DomainError } from '../../shared/domain-error.js';
import type { Certificate } from '../domain/certificate.js';
import { SELF_SIGN_TASK, certificateFailed, selfSignTask } from '../domain/self-sign-task.js';
import { CertificateDeployments } from './certificate-deployments.js';
import { CertificateStore } from './certificate-store.js';

interface State {
  readonly certificate: Certificate;
  readonly server: Server;
  readonly documentRoots: readonly string[];
  readonly deployment: OperationPlan;
}

/** `certificate.issue`: the certificate is made and then served by every site that has one of its names. */
@Injectable()
export class IssueCertificateKind implements OperationKind<State> {
  readonly name = 'certificate.issue';
  readonly tasks = [SELF_SIGN_TASK, 'http.apply'];
  readonly timeoutMs = 300_000;

  constructor(
    private readonly certificates: CertificateStore,
    private readonly servers: ServerStore,
    private readonly deployments: CertificateDeployments,
  ) {}

  async load(operation: Operation): Promise<State> {
    const certificate = await this.certificates.find(operation.subjectId);
    const server = certificate && (await this.servers.find(certificate.serverId));
    if (!certificate || !server) {
      throw new DomainError('CERTIFICATE_NOT_FOUND', `There is no certificate ${operation.subjectId} any more.`);
    }
    const documentRoots = await this.deployments.documentRoots(certificate);
    return { certificate, server, documentRoots, deployment: await this.deployments.plan(certificate) };
  }

  plan({ certificate, server, documentRoots, deployment }: State): OperationPlan {
    return {
      writes: [{ type: 'certificate', id: certificate.id }, ...deployment.writes],
      onFailure: [certificateFailed(certificate), ...(deployment.onFailure ?? [])],
      tasks: [selfSignTask(certificate, server, documentRoots), ...deployment.tasks],
    };
  }
}
