import { Injectable } from '@nestjs/common';
import { CertificateStore, CoveringCertificates, type Certificate } from '../../certificates/index.js';
import type { Operation } from '../../operations/index.js';
import { PlatformStore } from '../../platforms/index.js';
import { ServerStore } from '../../servers/index.js';
import { DomainError } from '../../shared/domain-error.js';
import { wantedNames } from '../domain/aliases.js';
import type { PlacedSite } from '../domain/site-application.js';
import type { SiteState } from '../domain/site-plan.js';
import type { Site } from '../domain/site.js';
import { SiteStore } from './site-store.js';

/** Reads what plans for sites depend on. */
@Injectable()
export class SiteStateLoader {
  constructor(
    private readonly sites: SiteStore,
    private readonly platforms: PlatformStore,
    private readonly servers: ServerStore,
    private readonly certificates: CertificateStore,
    private readonly covering: CoveringCertificates,
  ) {}

  /** @throws DomainError SITE_NOT_FOUND, SITE_DELETED, PLATFORM_NOT_READY, SERVER_NOT_READY */
  async load(operation: Operation): Promise<SiteState> {
    const site = await this.#site(operation);
    const { certificateId } = operation.input;
    const toIssue = typeof certificateId === 'string' ? await this.certificates.find(certificateId) : null;
    return this.stateOf(site, toIssue);
  }

  /** As much as it takes to remove a site. @throws DomainError SITE_NOT_FOUND, SITE_DELETED, SERVER_NOT_FOUND */
  async place(operation: Operation): Promise<PlacedSite> {
    const site = await this.#site(operation);
    const server = await this.servers.find(site.serverId);
    if (!server) {
      throw new DomainError('SERVER_NOT_FOUND', `There is no server ${site.serverId} any more.`);
    }
    return { site, server };
  }

  /** `asIf`: one of its certificates as it is going to be. */
  async stateOf(site: Site, toIssue: Certificate | null, asIf?: Certificate): Promise<SiteState> {
    const [platform, server] = await Promise.all([
      this.platforms.find(site.platformId),
      this.servers.find(site.serverId),
    ]);
    if (!platform || platform.status === 'DELETED' || platform.status === 'QUEUED') {
      throw new DomainError(
        'PLATFORM_NOT_READY',
        `The platform of ${site.uri} is not ready: it has not been verified.`,
      );
    }
    if (!server || server.status === 'DELETED' || server.status === 'QUEUED') {
      throw new DomainError('SERVER_NOT_READY', `The server of ${site.uri} is not ready: it has not been verified.`);
    }
    const names = wantedNames(site).map(({ name }) => name);
    const coverage = await this.covering.of(site.clientId, site.serverId, names, asIf);
    return { site, platform, server, coverage, toIssue };
  }

  async #site({ subjectId }: Operation): Promise<Site> {
    const site = await this.sites.find(subjectId);
    if (!site) {
      throw new DomainError('SITE_NOT_FOUND', `There is no site ${subjectId} any more.`);
    }
    if (site.status === 'DELETED') {
      throw new DomainError('SITE_DELETED', `The site ${site.uri} has been deleted meanwhile.`);
    }
    return site;
  }
}
