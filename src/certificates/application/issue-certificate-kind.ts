import { Injectable } from '@nestjs/common';
import type { Operation, OperationKind, OperationPlan } from '../../operations/index.js';
import { ServerStore, type Server } from '../../servers/index.js';
import { DomainError } from '../../shared/domain-error.js';
import type { Certificate } from '../domain/certificate.js';
import { asItWas } from '../domain/certificate-state.js';
import { ISSUE_TASKS, issuingOf } from '../domain/issue-task.js';
import type { CertificateProvider } from '../domain/provider/certificate-provider.js';
import { CertificateDeployments } from './certificate-deployments.js';
import { CertificateProviderStore } from './certificate-provider-store.js';
import { CertificateStore } from './certificate-store.js';

interface State {
  readonly certificate: Certificate;
  readonly provider: CertificateProvider | null;
  readonly server: Server;
  readonly documentRoots: readonly string[];
  readonly deployment: OperationPlan;
}

/** `certificate.issue`: the certificate is made and then served by every site that has one of its names. */
@Injectable()
export class IssueCertificateKind implements OperationKind<State> {
  readonly name = 'certificate.issue';
  readonly tasks = [...ISSUE_TASKS, 'http.apply'];
  readonly timeoutMs = 1_200_000;

  constructor(
    private readonly certificates: CertificateStore,
    private readonly providers: CertificateProviderStore,
    private readonly servers: ServerStore,
    private readonly deployments: CertificateDeployments,
  ) {}

  async load(operation: Operation): Promise<State> {
    const certificate = await this.certificates.find(operation.subjectId);
    const server = certificate && (await this.servers.find(certificate.serverId));
    if (!certificate || !server) {
      throw new DomainError('CERTIFICATE_NOT_FOUND', `There is no certificate ${operation.subjectId} any more.`);
    }
    const provider = certificate.providerId === null ? null : await this.providers.find(certificate.providerId);
    const documentRoots = await this.deployments.documentRoots(certificate);
    return { certificate, provider, server, documentRoots, deployment: await this.deployments.plan(certificate) };
  }

  plan({ certificate, provider, server, documentRoots, deployment }: State): OperationPlan {
    const issue = issuingOf(certificate).plan({ certificate, provider, server, documentRoots });
    return {
      writes: [{ type: 'certificate', id: certificate.id }, ...deployment.writes],
      onFailure: [asItWas(certificate), ...(deployment.onFailure ?? [])],
      tasks: [issue, ...deployment.tasks],
    };
  }
}
