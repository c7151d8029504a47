import { Injectable } from '@nestjs/common';
import type { FieldUpdate, Operation, OperationPlan, PlannedTask } from '../../operations/index.js';
import { ServerStore, type Server } from '../../servers/index.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import type { PlainObject } from '../../shared/plain.js';
import type { Certificate } from '../domain/certificate.js';
import type { IssueWanted } from '../domain/provider-kinds/issue-wanted.js';
import { askedProvider, type AskedProvider, type ProviderChain } from '../domain/provider/backups.js';
import { backupIn } from '../domain/renewal/backup-request.js';
import { caOfIssue } from '../domain/renewal/ca-of-issue.js';
import { validityOf } from '../domain/renewal/validity-of.js';
import { CertificateDeployments, type Deployment } from './certificate-deployments.js';
import { CertificateProviderStore } from './certificate-provider-store.js';
import { CertificateStore } from './certificate-store.js';
import { providerChain } from './provider-chain.js';

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
    private readonly clock: Clock,
  ) {}

  /** `asIf`: what the certificate will be, from what it is. @throws DomainError CERTIFICATE_NOT_FOUND */
  async load(operation: Operation, asIf: (certificate: Certificate) => Certificate): Promise<CertificateState> {
    const placed = await this.place(operation);
    return { ...placed, deployment: await this.deployments.serving(asIf(placed.certificate)) };
  }

  /** The certificate is to be made, and served wherever a site has one of its names. @throws DomainError CERTIFICATE_NOT_FOUND */
  async toIssue(operation: Operation): Promise<IssueState> {
    const placed = await this.place(operation);
    const chain = await this.chainOf(placed.certificate);
    const ca = caOfIssue(operation, validityOf(placed.certificate), Math.max(chain.length, 1), this.clock.now());
    const asked = askedProvider(chain, ca, operation.failure?.summary ?? null);
    return this.#toMake(placed, asked, await this.deployments.plan(placed.certificate));
  }

  /** Its successor is to be made, and put in its place where it is served. @throws DomainError CERTIFICATE_NOT_FOUND */
  async toRenew(operation: Operation): Promise<IssueState> {
    const placed = await this.place(operation);
    const chain = await this.chainOf(placed.certificate);
    const backup = backupIn(operation);
    const ca = chain.findIndex(({ id }) => id === backup?.providerId);
    const asked = askedProvider(chain, Math.max(ca, 0), backup?.why ?? null);
    return this.#toMake(placed, asked, await this.deployments.renewalPlan(placed.certificate));
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

  /** Its provider and the backups of that; empty for a certificate that needs none. */
  chainOf({ providerId }: Certificate): Promise<ProviderChain> {
    return providerChain(this.providers, providerId);
  }

  async #toMake(placed: PlacedCertificate, asked: AskedProvider, plan: OperationPlan): Promise<IssueState> {
    const documentRoots = await this.deployments.documentRoots(placed.certificate);
    return { ...placed, ...asked, documentRoots, deployment: { plan } };
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
