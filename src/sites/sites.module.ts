import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import {
  CertificateDeployments,
  CertificateWork,
  CreateCsrKind,
  DeployCertificateKind,
  InstallCertificateKind,
  IssueCertificateKind,
  RENEWAL_KINDS,
  RENEWAL_PARTS,
  RevokeCertificateKind,
  RollbackCertificateKind,
  UploadCertificateKind,
} from '../certificates/index.js';
import { CertificatesModule } from '../certificates/certificates.module.js';
import { ClientsModule } from '../clients/clients.module.js';
import { FieldWriters, OperationKinds, type OperationKind } from '../operations/index.js';
import { PlatformsModule } from '../platforms/platforms.module.js';
import { ServerContents, VerifyServerKind } from '../servers/index.js';
import { ServersModule } from '../servers/servers.module.js';
import { TypeormSiteStore } from './adapters/typeorm-site-store.js';
import { AddAlias } from './application/add-alias.js';
import { CertificateForUpload } from './application/certificate-for-upload.js';
import { CheckDomain } from './application/check-domain.js';
import { CheckDomainKind } from './application/kinds/check-domain.js';
import { ChangeSite } from './application/change-site.js';
import { ChoosePhpSocket } from './application/choose-php-socket.js';
import { CreateCsr } from './application/create-csr.js';
import { CreateSite } from './application/create-site.js';
import { DeployCertificate } from './application/deploy-certificate.js';
import { FindLiveSite } from './application/find-live-site.js';
import { FindSites } from './application/find-sites.js';
import { InstallCertificate } from './application/install-certificate.js';
import { IssueCertificate } from './application/issue-certificate.js';
import { DeleteSiteKind } from './application/kinds/delete-site.js';
import { DisableSiteKind } from './application/kinds/disable-site.js';
import { EnableSiteKind } from './application/kinds/enable-site.js';
import { InstallSiteKind } from './application/kinds/install-site.js';
import { VerifySiteKind } from './application/kinds/verify-site.js';
import { OrderCertificate } from './application/order-certificate.js';
import { PolicyCover } from './application/policy-cover.js';
import { PlaceSite } from './application/place-site.js';
import { RemoveAlias } from './application/remove-alias.js';
import { RequestCertificateOperation } from './application/request-certificate-operation.js';
import { SelfSignedCover } from './application/self-signed-cover.js';
import { SetCertificatePolicy } from './application/set-certificate-policy.js';
import { ServedNames } from './application/served-names.js';
import { SetHttps } from './application/set-https.js';
import { SetRedirect } from './application/set-redirect.js';
import { SiteContents } from './application/site-contents.js';
import { SiteDeployments } from './application/site-deployments.js';
import { SiteFieldWriter } from './application/site-field-writer.js';
import { SiteStateLoader } from './application/site-state-loader.js';
import { SiteStore } from './application/site-store.js';
import { UpdateSite } from './application/update-site.js';
import { VerifySite } from './application/verify-site.js';

import { UploadCertificate } from './application/upload-certificate.js';

const SITE_VERBS = [CheckDomainKind, InstallSiteKind, VerifySiteKind, EnableSiteKind, DisableSiteKind, DeleteSiteKind];
/** Kinds of other nouns that work on sites as well: registered where what they need is known. */
const CERTIFICATE_VERBS = [
  IssueCertificateKind,
  UploadCertificateKind,
  CreateCsrKind,
  InstallCertificateKind,
  DeployCertificateKind,
  RevokeCertificateKind,
  RollbackCertificateKind,
];
const KINDS = [...SITE_VERBS, ...CERTIFICATE_VERBS, VerifyServerKind, ...RENEWAL_KINDS];
const SITE_KINDS = Symbol('kinds of operations on sites');
const VERBS = [
  AddAlias,
  ChangeSite,
  CheckDomain,
  CreateCsr,
  CreateSite,
  DeployCertificate,
  FindSites,
  InstallCertificate,
  IssueCertificate,
  RemoveAlias,
  SetCertificatePolicy,
  SetHttps,
  SetRedirect,
  UpdateSite,
  VerifySite,
  UploadCertificate,
];

@Module({
  imports: [CertificatesModule, ClientsModule, PlatformsModule, ServersModule],
  providers: [
    { provide: SiteStore, useClass: TypeormSiteStore },
    { provide: CertificateDeployments, useClass: SiteDeployments },
    { provide: ServerContents, useClass: SiteContents },
    CertificateForUpload,
    CertificateWork,
    ChoosePhpSocket,
    FindLiveSite,
    OrderCertificate,
    PlaceSite,
    PolicyCover,
    RequestCertificateOperation,
    SelfSignedCover,
    ServedNames,
    SiteFieldWriter,
    SiteStateLoader,
    ...KINDS,
    ...RENEWAL_PARTS,
    ...VERBS,
    {
      provide: SITE_KINDS,
      inject: KINDS,
      useFactory: (...kinds: readonly OperationKind[]) => kinds,
    },
  ],
  exports: [...VERBS, ...RENEWAL_PARTS, SiteStore, CertificatesModule, ClientsModule, PlatformsModule],
})
export class SitesModule implements OnModuleInit {
  constructor(
    private readonly registry: OperationKinds,
    private readonly writers: FieldWriters,
    private readonly fields: SiteFieldWriter,
    @Inject(SITE_KINDS) private readonly kinds: readonly OperationKind[],
  ) {}

  onModuleInit(): void {
    for (const kind of this.kinds) {
      this.registry.register(kind);
    }
    this.writers.register(this.fields);
  }
}
