import { Module, type OnModuleInit } from '@nestjs/common';
import { FieldWriters } from '../operations/index.js';
import { TypeormCertificateStore } from './adapters/typeorm-certificate-store.js';
import { ThreadUploadReader } from './adapters/thread-upload-reader.js';
import { CertificateFieldWriter } from './application/certificate-field-writer.js';
import { CertificateStore } from './application/certificate-store.js';
import { CoveringCertificates } from './application/covering-certificates.js';
import { FindCertificates } from './application/find-certificates.js';
import { RequestSelfSigned } from './application/request-self-signed.js';
import { UploadReader } from './application/upload-reader.js';

/** The kind `certificate.issue` is registered where its deployments are known: by `sites`. */
@Module({
  providers: [
    { provide: CertificateStore, useClass: TypeormCertificateStore },
    CoveringCertificates,
    FindCertificates,
    RequestSelfSigned,
    { provide: UploadReader, useClass: ThreadUploadReader },
    CertificateFieldWriter,
  ],
  exports: [CertificateStore, CoveringCertificates, FindCertificates, RequestSelfSigned, UploadReader],
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
