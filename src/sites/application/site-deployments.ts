import { Injectable } from '@nestjs/common';
import { CertificateDeployments, type Certificate, type Deployment } from '../../certificates/index.js';
import type { OperationPlan } from '../../operations/index.js';
import { documentRoot } from '../domain/site-application.js';
import { asItWas, vhostTask, type SiteState } from '../domain/site-plan.js';
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
    return deploymentPlan(states);
  }

  async serving(certificate: Certificate): Promise<Deployment> {
    const { id, clientId, serverId, names } = certificate;
    const sites = await this.sites.findCoveredBy(clientId, serverId, names);
    const states = await Promise.all(
      sites
        .filter(({ status, https }) => status !== 'QUEUED' && https !== 'DISABLED')
        .map((site) => this.loader.stateOf(site, null, certificate)),
    );
    const served = (state: SiteState): readonly string[] =>
      state.coverage.flatMap((one) => (one.state === 'COVERED' && one.certificateId === id ? [one.name] : []));
    const users = states.filter((state) => served(state).length > 0);
    return {
      plan: deploymentPlan(users),
      names: users.flatMap(served),
      documentRoots: users.map(({ platform }) => documentRoot(platform)),
    };
  }

  async #states(certificate: Certificate): Promise<readonly SiteState[]> {
    const sites = await this.sites.findByNames(certificate.clientId, certificate.serverId, certificate.names);
    return Promise.all(sites.map((site) => this.loader.stateOf(site, certificate)));
  }
}

function deploymentPlan(states: readonly SiteState[]): OperationPlan {
  return {
    writes: states.map(({ site }) => ({ type: 'site', id: site.id })),
    onFailure: states.map(({ site }) => asItWas(site)),
    tasks: states.map((state) => vhostTask(state, state.site.status === 'DISABLED' ? 'DISABLED' : 'ENABLED')),
  };
}
