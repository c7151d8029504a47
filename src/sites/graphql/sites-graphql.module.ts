import { Module, type OnModuleInit } from '@nestjs/common';
import { RenewalResolver } from '../../certificates/index.js';
import { NodeRegistry } from '../../graphql/index.js';
import { FindSites } from '../application/find-sites.js';
import { SitesModule } from '../sites.module.js';
import { AliasResolver } from './alias.resolver.js';
import { CertificatePolicyResolver } from './certificate-policy.resolver.js';
import { CheckDomainResolver } from './check-domain.resolver.js';
import { SiteFieldsResolver } from './site-fields.resolver.js';
import { SiteResolver } from './site.resolver.js';
import { UploadedCertificateResolver } from './uploaded-certificate.resolver.js';

@Module({
  imports: [SitesModule],
  providers: [
    SiteResolver,
    AliasResolver,
    SiteFieldsResolver,
    CertificatePolicyResolver,
    CheckDomainResolver,
    RenewalResolver,
    UploadedCertificateResolver,
  ],
})
export class SitesGraphqlModule implements OnModuleInit {
  constructor(
    private readonly nodes: NodeRegistry,
    private readonly find: FindSites,
  ) {}

  onModuleInit(): void {
    this.nodes.add({ typeName: 'Site', load: (id, actor) => this.find.one(id, actor) });
  }
}
