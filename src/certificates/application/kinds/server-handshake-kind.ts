import { Injectable } from '@nestjs/common';
import type { Operation, OperationKind, OperationPlan } from '../../../operations/index.js';
import { ServerStore, httpServerSpec, tlsFrontOf, type Server } from '../../../servers/index.js';
import { DomainError } from '../../../shared/domain-error.js';
import type { PlainObject } from '../../../shared/plain.js';
import { CertificateDeployments, type ServedCertificate } from '../certificate-deployments.js';

const PER_TASK = 200;

interface State {
  readonly server: Server;
  readonly served: readonly ServedCertificate[];
}

/** `server.handshake`: visitors are shown the certificates that are stored. Changes nothing on the server. */
@Injectable()
export class ServerHandshakeKind implements OperationKind<State> {
  readonly name = 'server.handshake';
  readonly tasks = ['certificate.handshake'];
  readonly timeoutMs = 1_800_000;

  constructor(
    private readonly servers: ServerStore,
    private readonly deployments: CertificateDeployments,
  ) {}

  async load(operation: Operation): Promise<State> {
    const server = await this.servers.find(operation.subjectId);
    if (!server) {
      throw new DomainError('SERVER_NOT_FOUND', `There is no server ${operation.subjectId} any more.`);
    }
    return { server, served: await this.deployments.servedOn(server) };
  }

  plan({ server, served }: State): OperationPlan {
    const parts = Array.from({ length: Math.ceil(served.length / PER_TASK) }, (_, part) =>
      served.slice(part * PER_TASK, (part + 1) * PER_TASK),
    );
    // Whoever takes TLS off shows the certificates.
    const spec = (tlsFrontOf(server)?.spec ?? httpServerSpec(server)) as unknown as PlainObject;
    return {
      writes: served.map(({ certificateId }) => ({ type: 'certificate', id: certificateId })),
      tasks: parts.map((part) => ({
        name: 'certificate.handshake',
        input: { server: spec, served: part as unknown as PlainObject[] },
      })),
    };
  }
}
