import { Injectable } from '@nestjs/common';
import type { FieldUpdate, Operation, OperationPlan, PlannedTask } from '../../operations/index.js';
import { ServerStore, type Server } from '../../servers/index.js';
import { DomainError } from '../../shared/domain-error.js';
import type { PlainObject } from '../../shared/plain.js';
import type { Certificate } from '../domain/certificate.js';
import { CertificateDeployments, type Deployment } from './certificate-deployments.js';
import { CertificateStore } from './certificate-store.js';

/** All that a plan for a certificate depends on, read at the moment of dispatch. */
export interface CertificateState {
  readonly certificate: Certificate;
  readonly server: Server;
  readonly deployment: Deployment;
}

/** Reads what plans for certificates depend on. */
@Injectable()
export class CertificateWork {
  constructor(
    private readonly certificates: CertificateStore,
    private readonly servers: ServerStore,
    private readonly deployments: CertificateDeployments,
  ) {}

  /** `asIf`: what the certificate will be, from what it is. @throws DomainError CERTIFICATE_NOT_FOUND */
  async load({ subjectId }: Operation, asIf: (certificate: Certificate) => Certificate): Promise<CertificateState> {
    const certificate = await this.certificates.find(subjectId);
    const server = certificate && (await this.servers.find(certificate.serverId));
    if (!certificate || !server) {
      throw new DomainError('CERTIFICATE_NOT_FOUND', `There is no certificate ${subjectId} any more.`);
    }
    return { certificate, server, deployment: await this.deployments.serving(asIf(certificate)) };
  }
}

/** The task on the certificate, and then what serves it. */
export function thenServe(
  { certificate, deployment }: CertificateState,
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
