import { Injectable } from '@nestjs/common';
import { CertificateDeployments, type Certificate } from '../../certificates/index.js';
import type { OperationPlan } from '../../operations/index.js';
import { documentRoot } from '../domain/site-application.js';
import { inBatches } from '../domain/in-batches.js';
import { asItWas, vhostTasks, type SiteState } from '../domain/site-plan.js';
import { SiteStateLoader } from './site-state-loader.js';
import { SiteStore } from './site-store.js';

/** Sites are what certificates are deployed to. */
@Injectable()
export class SiteDeployments extends CertificateDeployments {
  constructor(
    private readonly sites: SiteStore,
    private readonly loader: SiteStateLoader,
  ) {
    super();
  }

  async documentRoots(certificate: Certificate): Promise<readonly string[]> {
    return (await this.#states(certificate)).map(({ platform }) => documentRoot(platform));
  }

  /** Sites that do not want HTTPS need no new virtual host: the certificate waits until they do. */
  async plan(certificate: Certificate): Promise<OperationPlan> {
    const states = (await this.#states(certificate)).filter(({ site }) => site.https !== 'DISABLED');
    return {
      writes: states.map(({ site }) => ({ type: 'site', id: site.id })),
      onFailure: states.map(({ site }) => asItWas(site)),
      tasks: inBatches(
        states.flatMap((state) => vhostTasks(state, state.site.status === 'DISABLED' ? 'DISABLED' : 'ENABLED')),
      ),
    };
  }

  async #states(certificate: Certificate): Promise<readonly SiteState[]> {
    const sites = await this.sites.findByNames(certificate.clientId, certificate.serverId, [
      ...certificate.requestedNames,
      ...certificate.names,
    ]);
    return Promise.all(sites.map((site) => this.loader.stateOf(site, certificate)));
  }
}
