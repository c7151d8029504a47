import { Module, type OnModuleInit } from '@nestjs/common';
import { NodeRegistry } from '../../graphql/index.js';
import { FindCertificates } from '../application/find-certificates.js';
import { CertificatesModule } from '../certificates.module.js';
import { CertificateResolver } from './certificate.resolver.js';

@Module({ imports: [CertificatesModule], providers: [CertificateResolver] })
export class CertificatesGraphqlModule implements OnModuleInit {
  constructor(
    private readonly nodes: NodeRegistry,
    private readonly find: FindCertificates,
  ) {}

  onModuleInit(): void {
    this.nodes.add({ typeName: 'Certificate', load: (id, actor) => this.find.one(id, actor) });
  }
}
