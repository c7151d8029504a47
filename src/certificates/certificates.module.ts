import { Module, type OnModuleInit } from '@nestjs/common';
import { FieldWriters } from '../operations/index.js';
import { TypeormRenewalStore } from './adapters/typeorm-renewal-store.js';
import { TypeormCertificateStore } from './adapters/typeorm-certificate-store.js';
import { CertificateFieldWriter } from './application/certificate-field-writer.js';
import { CertificateStore } from './application/certificate-store.js';
import { CoveringCertificates } from './application/covering-certificates.js';
import { FindCertificates } from './application/find-certificates.js';
import { NoAdvice, RenewalAdviser } from './application/renewal/renewal-adviser.js';
import { RenewalStore } from './application/renewal/renewal-store.js';
import { RequestSelfSigned } from './application/request-self-signed.js';

/** The kind `certificate.issue` is registered where its deployments are known: by `sites`. */
@Module({
  providers: [
    { provide: CertificateStore, useClass: TypeormCertificateStore },
    { provide: RenewalStore, useClass: TypeormRenewalStore },
    { provide: RenewalAdviser, useClass: NoAdvice },
    CoveringCertificates,
    FindCertificates,
    RequestSelfSigned,
    CertificateFieldWriter,
  ],
  exports: [CertificateStore, CoveringCertificates, FindCertificates, RenewalAdviser, RenewalStore, RequestSelfSigned],
})
export class CertificatesModule implements OnModuleInit {
  constructor(
    private readonly writers: FieldWriters,
    private readonly fields: CertificateFieldWriter,
  ) {}

  onModuleInit(): void {
    this.writers.register(this.fields);
  }
}
