import { Injectable } from '@nestjs/common';
import {
  CertificateStore,
  UploadReader,
  inForceWith,
  visibleCertificate,
  type Certificate,
} from '../../certificates/index.js';
import type { Actor } from '../../shared/actor.js';
import { DomainError } from '../../shared/domain-error.js';
import { parseId } from '../../shared/ids.js';
import type { Secret } from '../../shared/secret.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import { RequestCertificateOperation } from './request-certificate-operation.js';
import type { CertificateChanged } from './upload-certificate.js';

export interface InstallCertificateInput {
  readonly certificateId: string;
  /** The certificate and its chain, without a key. */
  readonly material: readonly Secret[];
}

/** Takes the certificate that a CA has issued for a request of ours, at first or when the one before expires. */
@Injectable()
export class InstallCertificate {
  constructor(
    private readonly reader: UploadReader,
    private readonly certificates: CertificateStore,
    private readonly request: RequestCertificateOperation,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws DomainError ID_INVALID, CERTIFICATE_NOT_FOUND, CERTIFICATE_NOT_READY, CERTIFICATE_REFUSED with `details.reason` */
  async execute({ certificateId, material }: InstallCertificateInput, actor: Actor): Promise<CertificateChanged> {
    const id = parseId(certificateId);
    const { names, spki } = requested(visibleCertificate(await this.certificates.find(id), id, actor));
    const { certificatePem, chainPem, warnings } = await this.reader.read({ material, passphrase: null, names, spki });
    return this.unitOfWork.run(async () => {
      const certificate = requested(visibleCertificate(await this.certificates.find(id), id, actor));
      const willBe = inForceWith(certificate, certificatePem);
      const input = { certificatePem, chainPem };
      const operation = await this.request.execute('certificate.install', willBe, actor, { input });
      return { certificate, operation, warnings };
    });
  }
}

function requested(certificate: Certificate): Certificate {
  if (certificate.csrPem === null || certificate.spki === null) {
    throw new DomainError(
      'CERTIFICATE_NOT_READY',
      `The certificate ${certificate.id} has no request; call createCsr first and wait for its operation, or use uploadCertificate.`,
    );
  }
  return certificate;
}
