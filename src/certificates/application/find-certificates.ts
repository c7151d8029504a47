import { Injectable } from '@nestjs/common';
import { canSeeClient, tenantFilter, type Actor } from '../../shared/actor.js';
import { parseId } from '../../shared/ids.js';
import type { Page } from '../../shared/page.js';
import { Clock } from '../../shared/clock.js';
import type { Certificate } from '../domain/certificate.js';
import type { ToldStatus } from '../domain/told-status.js';
import { after, earliest } from '../domain/renewal/life.js';
import { CertificateStore, type CertificateFilter } from './certificate-store.js';

export type CertificateSearch = Omit<CertificateFilter, 'status' | 'expiresFrom'> & { readonly status?: ToldStatus };

/** Certificates that the actor may see. */
@Injectable()
export class FindCertificates {
  constructor(
    private readonly certificates: CertificateStore,
    private readonly clock: Clock,
  ) {}

  /** Null when there is none or it may not be seen. @throws DomainError ID_INVALID */
  async one(id: string, actor: Actor): Promise<Certificate | null> {
    const certificate = await this.certificates.find(parseId(id));
    return certificate && canSeeClient(actor, certificate.clientId) ? certificate : null;
  }

  page(search: CertificateSearch, page: Page, actor: Actor): Promise<readonly Certificate[]> {
    return this.certificates.list(this.#filter(search, actor), page);
  }

  count(search: CertificateSearch, actor: Actor): Promise<number> {
    return this.certificates.count(this.#filter(search, actor));
  }

  #filter({ status, ...search }: CertificateSearch, actor: Actor): CertificateFilter {
    const filter = { ...search, ...tenantFilter(actor, search.clientId) };
    // It expires at its end (`validityAt`).
    const lives = after(this.clock.now(), 1);
    if (status === 'ACTIVE') {
      return { ...filter, status, expiresFrom: lives };
    }
    if (status === 'EXPIRED') {
      return { ...filter, status: 'ACTIVE', expiresBefore: earliest([filter.expiresBefore ?? lives, lives])! };
    }
    return { ...filter, ...(status && { status }) };
  }
}
