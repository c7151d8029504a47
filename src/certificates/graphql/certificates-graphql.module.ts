import { Module, type OnModuleInit } from '@nestjs/common';
import { NodeRegistry } from '../../graphql/index.js';
import { FindCertificates } from '../application/find-certificates.js';
import { CertificatesModule } from '../certificates.module.js';
import { FindCertificateProviders } from '../application/find-certificate-providers.js';
import { CertificateEventResolver } from './certificate-event.resolver.js';
import { CertificateProviderResolver } from './certificate-provider.resolver.js';
import { providerType } from './certificate-provider.type.js';
import { RevokeCertificateResolver } from './revoke-certificate.resolver.js';
import { CertificateResolver } from './certificate.resolver.js';

@Module({
  imports: [CertificatesModule],
  providers: [CertificateResolver, CertificateEventResolver, CertificateProviderResolver, RevokeCertificateResolver],
})
export class CertificatesGraphqlModule implements OnModuleInit {
  constructor(
    private readonly nodes: NodeRegistry,
    private readonly find: FindCertificates,
    private readonly findProviders: FindCertificateProviders,
  ) {}

  onModuleInit(): void {
    this.nodes.add({ typeName: 'Certificate', load: (id, actor) => this.find.one(id, actor) });
    this.nodes.add({
      typeName: 'CertificateProvider',
      load: async (id, actor) => {
        const provider = await this.findProviders.one(id, actor);
        return provider && providerType(provider);
      },
    });
  }
}
