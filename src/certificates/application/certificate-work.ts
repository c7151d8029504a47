import { Injectable } from '@nestjs/common';
import type { FieldUpdate, Operation, OperationPlan, PlannedTask } from '../../operations/index.js';
import { ServerStore, type Server } from '../../servers/index.js';
import { DomainError } from '../../shared/domain-error.js';
import type { PlainObject } from '../../shared/plain.js';
import type { Certificate } from '../domain/certificate.js';
import type { IssueWanted } from '../domain/issue-task.js';
import type { CertificateProvider } from '../domain/provider/certificate-provider.js';
import { CertificateDeployments, type Deployment } from './certificate-deployments.js';
import { CertificateProviderStore } from './certificate-provider-store.js';
import { CertificateStore } from './certificate-store.js';

/** A certificate, and the server that it lies on. */
export interface PlacedCertificate {
  readonly certificate: Certificate;
  readonly server: Server;
}

/** All that a plan for a certificate depends on, read at the moment of dispatch. */
export interface CertificateState extends PlacedCertificate {
  readonly deployment: Deployment;
}

/** All that a plan depends on which has a certificate made. */
export interface IssueState extends IssueWanted {
  readonly deployment: Pick<Deployment, 'plan'>;
}

/** Reads what plans for certificates depend on. */
@Injectable()
export class CertificateWork {
  constructor(
    private readonly certificates: CertificateStore,
    private readonly providers: CertificateProviderStore,
    private readonly servers: ServerStore,
    private readonly deployments: CertificateDeployments,
  ) {}

  /** `asIf`: what the certificate will be, from what it is. @throws DomainError CERTIFICATE_NOT_FOUND */
  async load(operation: Operation, asIf: (certificate: Certificate) => Certificate): Promise<CertificateState> {
    const placed = await this.place(operation);
    return { ...placed, deployment: await this.deployments.serving(asIf(placed.certificate)) };
  }

  /** The certificate is to be made, and served wherever a site has one of its names. @throws DomainError CERTIFICATE_NOT_FOUND */
  toIssue(operation: Operation): Promise<IssueState> {
    return this.#toMake(operation, (certificate) => this.deployments.plan(certificate));
  }

  /** Its successor is to be made, and put in its place where it is served. @throws DomainError CERTIFICATE_NOT_FOUND */
  toRenew(operation: Operation): Promise<IssueState> {
    return this.#toMake(operation, (certificate) => this.deployments.renewalPlan(certificate));
  }

  /** @throws DomainError CERTIFICATE_NOT_FOUND */
  async place({ subjectId }: Operation): Promise<PlacedCertificate> {
    const certificate = await this.certificates.find(subjectId);
    const server = certificate && (await this.servers.find(certificate.serverId));
    if (!certificate || !server) {
      throw new DomainError('CERTIFICATE_NOT_FOUND', `There is no certificate ${subjectId} any more.`);
    }
    return { certificate, server };
  }

  /** Null for a certificate of none. */
  async providerOf({ providerId }: Certificate): Promise<CertificateProvider | null> {
    return providerId === null ? null : this.providers.find(providerId);
  }

  async #toMake(
    operation: Operation,
    deploy: (certificate: Certificate) => Promise<OperationPlan>,
  ): Promise<IssueState> {
    const { certificate, server } = await this.place(operation);
    const provider = await this.providerOf(certificate);
    const documentRoots = await this.deployments.documentRoots(certificate);
    return { certificate, server, provider, documentRoots, deployment: { plan: await deploy(certificate) } };
  }
}

/** The task on the certificate, and then what serves it. */
export function thenServe(
  {
    certificate,
    deployment,
  }: Pick<CertificateState, 'certificate'> & { readonly deployment: Pick<Deployment, 'plan'> },
  task: PlannedTask,
  onFailure: readonly FieldUpdate[],
): OperationPlan {
  const { plan } = deployment;
  return {
    writes: [{ type: 'certificate', id: certificate.id }, ...plan.writes],
    onFailure: [...onFailure, ...(plan.onFailure ?? [])],
    tasks: [task, ...plan.tasks],
  };
}

/** Where a task finds the certificate, and what it has to keep out of. */
export function placeOf({ certificate, server, deployment }: CertificateState): PlainObject {
  const { tls, staging } = server.http.paths;
  return {
    certificateId: certificate.id,
    tlsDirectory: tls,
    stagingDirectory: staging,
    documentRoots: deployment.documentRoots,
  };
}
