import { Injectable } from '@nestjs/common';
import type { OperationPlan, PlannedTask } from '../../operations/index.js';
import { ServerContents, type Server } from '../../servers/index.js';
import { DomainError } from '../../shared/domain-error.js';
import { inBatches } from '../domain/in-batches.js';
import { vhostTasks } from '../domain/site-plan.js';
import type { Site } from '../domain/site.js';
import { everySite } from './every-site.js';
import { SiteStateLoader } from './site-state-loader.js';
import { SiteStore } from './site-store.js';

/** Sites are what servers serve. */
@Injectable()
export class SiteContents extends ServerContents {
  constructor(
    private readonly sites: SiteStore,
    private readonly loader: SiteStateLoader,
  ) {
    super();
  }

  /** Every site that has been served. One that cannot be served is a warning: the others are brought back all the same. */
  async plan(server: Server): Promise<OperationPlan> {
    const tasks: PlannedTask[] = [];
    for await (const site of everySite(this.sites, { serverId: server.id })) {
      const isServed = site.status === 'ENABLED' || site.status === 'DISABLED';
      tasks.push(...(isServed ? await this.#tasks(site) : []).map((task) => ({ ...task, tolerated: true })));
    }
    const writes = tasks.flatMap(({ sets }) => sets ?? []).map(({ subject, id }) => ({ type: subject, id }));
    return { tasks: inBatches(tasks), writes };
  }

  async siteUris(server: Server): Promise<readonly string[]> {
    const uris: string[] = [];
    for await (const site of everySite(this.sites, { serverId: server.id })) {
      uris.push(...(site.status === 'DELETED' ? [] : [site.uri]));
    }
    return uris;
  }

  /** None for a site whose platform is gone: its own verification says so. */
  async #tasks(site: Site): Promise<readonly PlannedTask[]> {
    try {
      return vhostTasks(await this.loader.stateOf(site, null), site.status === 'DISABLED' ? 'DISABLED' : 'ENABLED');
    } catch (error) {
      if (error instanceof DomainError) {
        return [];
      }
      throw error;
    }
  }
}
