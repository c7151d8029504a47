import { Injectable } from '@nestjs/common';
import { UploadReader, type Certificate, type UploadWarning } from '../../certificates/index.js';
import { SecretSealer, type Operation } from '../../operations/index.js';
import type { Actor } from '../../shared/actor.js';
import { parseHostname } from '../../shared/hostname.js';
import { Secret } from '../../shared/secret.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import { CertificateForUpload } from './certificate-for-upload.js';
import { FindLiveSite } from './find-live-site.js';
import { RequestCertificateOperation } from './request-certificate-operation.js';

export interface UploadCertificateInput {
  readonly siteId: string;
  readonly material: readonly Secret[];
  readonly passphrase?: Secret | null;
  /** Each must be covered; left out: one name of the site at least. */
  readonly names?: readonly string[] | null;
}

export interface CertificateChanged {
  readonly certificate: Certificate;
  readonly operation: Operation;
  readonly warnings: readonly UploadWarning[];
}

/**
 * Takes a certificate and its key from outside. The key is read in a thread, sealed to the server of the site, and only then is anything
 * stored.
 */
@Injectable()
export class UploadCertificate {
  constructor(
    private readonly reader: UploadReader,
    private readonly sealer: SecretSealer,
    private readonly target: CertificateForUpload,
    private readonly found: FindLiveSite,
    private readonly request: RequestCertificateOperation,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws DomainError SITE_NOT_FOUND, SITE_DELETED, HOSTNAME_INVALID, CERTIFICATE_REFUSED with `details.reason` */
  async execute(input: UploadCertificateInput, actor: Actor): Promise<CertificateChanged> {
    const { serverId } = await this.found.one(input.siteId, actor);
    const names = (input.names ?? []).map((name) => parseHostname(name, { wildcard: true }) as string);
    const read = await this.reader.read({
      material: input.material,
      passphrase: input.passphrase ?? null,
      names,
      spki: null,
    });
    const sealed = { privateKey: await this.sealer.seal(serverId, read.privateKey ?? new Secret('')) };
    return this.unitOfWork.run(async () => {
      const site = await this.found.lock(input.siteId, actor);
      const { certificate, willBe, warnings } = await this.target.execute(site, read);
      const pair = { certificatePem: read.certificatePem, chainPem: read.chainPem };
      const operation = await this.request.execute('certificate.upload', willBe, actor, { input: pair, sealed });
      return { certificate, operation, warnings: [...read.warnings, ...warnings] };
    });
  }
}
