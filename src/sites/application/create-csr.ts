import { Injectable } from '@nestjs/common';
import { CertificateStore, newCertificate, type KeyType, type RequestSubject } from '../../certificates/index.js';
import type { Actor } from '../../shared/actor.js';
import { Clock } from '../../shared/clock.js';
import { newId } from '../../shared/ids.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import { FindLiveSite } from './find-live-site.js';
import { certificateNames } from '../domain/certificate-names.js';
import { RequestCertificateOperation } from './request-certificate-operation.js';
import type { CertificateChanged } from './upload-certificate.js';

export interface CreateCsrInput {
  readonly siteId: string;
  /** Some of the site's names; left out: all of them. */
  readonly names?: readonly string[] | null;
  readonly keyType: KeyType;
  readonly subject: RequestSubject;
}

/** Has a key made on the server of a site, and a request for a certificate, for a CA that takes requests by hand. */
@Injectable()
export class CreateCsr {
  constructor(
    private readonly certificates: CertificateStore,
    private readonly found: FindLiveSite,
    private readonly request: RequestCertificateOperation,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError SITE_NOT_FOUND, SITE_DELETED, CERTIFICATE_NAMES_INVALID, HOSTNAME_INVALID */
  async execute({ siteId, names, keyType, subject }: CreateCsrInput, actor: Actor): Promise<CertificateChanged> {
    return this.unitOfWork.run(async () => {
      const site = await this.found.lock(siteId, actor);
      const { clientId, serverId } = site;
      const wish = { clientId, serverId, keyType, names: certificateNames(site, names) };
      const certificate = newCertificate({ ...wish, id: newId(), provider: 'UPLOAD' }, this.clock.now());
      await this.certificates.insert(certificate);
      const input = { subject: { ...subject } };
      return {
        certificate,
        operation: await this.request.execute('certificate.csr', certificate, actor, { input }),
        warnings: [],
      };
    });
  }
}
