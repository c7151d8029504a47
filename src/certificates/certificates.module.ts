import { Module, type OnModuleInit } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { FieldWriters, OperationKinds } from '../operations/index.js';
import { TypeormCertificatePolicyStore } from './adapters/typeorm-certificate-policy-store.js';
import { TypeormCertificateProviderStore } from './adapters/typeorm-certificate-provider-store.js';
import { TypeormCaLimitStore } from './adapters/typeorm-ca-limit-store.js';
import { AcmeRenewalAdviser } from './adapters/acme-renewal-adviser.js';
import { TypeormRenewalStore } from './adapters/typeorm-renewal-store.js';
import { TypeormCertificateEventStore } from './adapters/typeorm-certificate-event-store.js';
import { TypeormCertificateStore } from './adapters/typeorm-certificate-store.js';
import { ThreadUploadReader } from './adapters/thread-upload-reader.js';
import { CertificateFieldWriter } from './application/certificate-field-writer.js';
import { CertificatePolicyStore } from './application/certificate-policy-store.js';
import { CertificateProviderStore } from './application/certificate-provider-store.js';
import { CertificateStore } from './application/certificate-store.js';
import { ChooseProvider } from './application/choose-provider.js';
import { CoveringCertificates } from './application/covering-certificates.js';
import { DecidePolicy } from './application/decide-policy.js';
import { CertificateEventStore } from './application/events/certificate-event-store.js';
import { FindCertificateEvents } from './application/events/find-certificate-events.js';
import { RecordCertificateEvent } from './application/events/record-certificate-event.js';
import { RenewalEvents } from './application/events/renewal-events.js';
import { WatchCertificateEvents } from './application/events/watch-certificate-events.js';
import { FindCertificateProviders } from './application/find-certificate-providers.js';
import { FindCertificates } from './application/find-certificates.js';
import { AccountOperations } from './application/account-operations.js';
import { RequestCertificate } from './application/request-certificate.js';
import { CaBudget } from './application/rate-limits/ca-budget.js';
import { CaLimitStore } from './application/rate-limits/ca-limit-store.js';
import { RevokeCertificate } from './application/revoke-certificate.js';
import { RolloverAccountKeyKind } from './application/kinds/rollover-account-key-kind.js';
import { TestProviderKind } from './application/kinds/test-provider-kind.js';
import { WriteCertificateProvider } from './application/write-certificate-provider.js';

const USE_CASES = [
  AccountOperations,
  CaBudget,
  ChooseProvider,
  CoveringCertificates,
  DecidePolicy,
  FindCertificateEvents,
  FindCertificateProviders,
  FindCertificates,
  RenewalEvents,
  RequestCertificate,
  RevokeCertificate,
  WatchCertificateEvents,
  WriteCertificateProvider,
];
import { RenewalAdviser } from './application/renewal/renewal-adviser.js';
import { RenewalStore } from './application/renewal/renewal-store.js';
import { UploadReader } from './application/upload-reader.js';

/** Kinds of operations on certificates are registered where their deployments are known: by `sites`. */
@Module({
  imports: [ClientsModule],
  providers: [
    { provide: CertificateStore, useClass: TypeormCertificateStore },
    { provide: CertificateProviderStore, useClass: TypeormCertificateProviderStore },
    { provide: CertificatePolicyStore, useClass: TypeormCertificatePolicyStore },
    { provide: CertificateEventStore, useClass: TypeormCertificateEventStore },
    { provide: RenewalStore, useClass: TypeormRenewalStore },
    { provide: CaLimitStore, useClass: TypeormCaLimitStore },
    { provide: RenewalAdviser, useClass: AcmeRenewalAdviser },
    { provide: UploadReader, useClass: ThreadUploadReader },
    CertificateFieldWriter,
    RolloverAccountKeyKind,
    RecordCertificateEvent,
    TestProviderKind,
    ...USE_CASES,
  ],
  exports: [
    CertificateStore,
    CertificateProviderStore,
    CertificatePolicyStore,
    CaLimitStore,
    RenewalAdviser,
    RenewalStore,
    UploadReader,
    ...USE_CASES,
  ],
})
export class CertificatesModule implements OnModuleInit {
  constructor(
    private readonly writers: FieldWriters,
    private readonly fields: CertificateFieldWriter,
    private readonly kinds: OperationKinds,
    private readonly testProvider: TestProviderKind,
    private readonly rolloverAccountKey: RolloverAccountKeyKind,
  ) {}

  onModuleInit(): void {
    this.writers.register(this.fields);
    this.kinds.register(this.testProvider);
    this.kinds.register(this.rolloverAccountKey);
  }
}
