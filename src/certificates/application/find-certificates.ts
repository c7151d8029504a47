import { Injectable } from '@nestjs/common';
import { canSeeClient, tenantFilter, type Actor } from '../../shared/actor.js';
import { parseId } from '../../shared/ids.js';
import type { Page } from '../../shared/page.js';
import type { Certificate } from '../domain/certificate.js';
import { CertificateStore, type CertificateFilter } from './certificate-store.js';

/** Certificates that the actor may see. */
@Injectable()
export class FindCertificates {
  constructor(private readonly certificates: CertificateStore) {}

  /** Null when there is none or it may not be seen. @throws DomainError ID_INVALID */
  async one(id: string, actor: Actor): Promise<Certificate | null> {
    const certificate = await this.certificates.find(parseId(id));
    return certificate && canSeeClient(actor, certificate.clientId) ? certificate : null;
  }

  page(filter: CertificateFilter, page: Page, actor: Actor): Promise<readonly Certificate[]> {
    return this.certificates.list({ ...filter, ...tenantFilter(actor, filter.clientId) }, page);
  }

  count(filter: CertificateFilter, actor: Actor): Promise<number> {
    return this.certificates.count({ ...filter, ...tenantFilter(actor, filter.clientId) });
  }
}
