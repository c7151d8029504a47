import { Injectable } from '@nestjs/common';
import {
  CertificateDeployments,
  type Certificate,
  type Deployment,
  type ServedCertificate,
} from '../../certificates/index.js';
import { exclusive, shared, type Lock, type OperationPlan } from '../../operations/index.js';
import type { Server } from '../../servers/index.js';
import { DomainError } from '../../shared/domain-error.js';
import { wantedNames } from '../domain/aliases.js';
import { documentRoot } from '../domain/site-application.js';
import { inBatches } from '../domain/in-batches.js';
import { asItWas, vhostTasks, type SiteState } from '../domain/site-plan.js';
import type { Site } from '../domain/site.js';
import { everySite } from './every-site.js';
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

  async locks(certificate: Certificate): Promise<readonly Lock[]> {
    const users = await this.#sitesOf(certificate);
    const platforms = [...new Set(users.map(({ platformId }) => platformId))];
    return [...users.map(({ id }) => exclusive('site', id)), ...platforms.map((id) => shared('platform', id))];
  }

  async usedNames(certificate: Certificate): Promise<readonly string[]> {
    return (await this.#users(certificate)).flatMap(({ names }) => names);
  }

  async wantedNames(certificate: Certificate): Promise<readonly string[]> {
    const names = (await this.#sitesOf(certificate)).flatMap((site) => wantedNames(site).map(({ name }) => name));
    return certificate.requestedNames.filter((name) => names.includes(name));
  }

  async renewalPlan(certificate: Certificate): Promise<OperationPlan> {
    // Names that its CA left out the last time may be in its successor.
    const refused = certificate.refusedNames.map(({ name }) => name);
    const users = await this.#users(certificate);
    return {
      writes: users.map(({ state }) => ({ type: 'site', id: state.site.id })),
      onFailure: users.map(({ state }) => asItWas(state.site)),
      tasks: inBatches(
        users.flatMap(({ state, names }) =>
          vhostTasks(
            { ...state, toIssue: { ...certificate, names, requestedNames: [...names, ...refused] } },
            state.site.status === 'DISABLED' ? 'DISABLED' : 'ENABLED',
          ),
        ),
      ),
    };
  }

  async servedOn(server: Server): Promise<readonly ServedCertificate[]> {
    const served = new Map<string, ServedCertificate>();
    for await (const state of this.#statesOn(server)) {
      for (const covered of state.coverage) {
        if (covered.state === 'COVERED') {
          const { certificateId, spki, name } = covered;
          const names = [...(served.get(certificateId)?.names ?? []), name];
          served.set(certificateId, { certificateId, spki, names });
        }
      }
    }
    return [...served.values()];
  }

  async *#statesOn(server: Server): AsyncGenerator<SiteState> {
    for await (const site of everySite(this.sites, { serverId: server.id })) {
      const isServed = site.https !== 'DISABLED' && (site.status === 'ENABLED' || site.status === 'DISABLED');
      const state = isServed ? await this.#stateOrNull(site) : null;
      if (state !== null) {
        yield state;
      }
    }
  }

  /** Sites that show the certificate, and the names with which each does. */
  async #users(
    certificate: Certificate,
  ): Promise<readonly { readonly state: SiteState; readonly names: readonly string[] }[]> {
    const sites = (await this.#sitesOf(certificate)).filter(({ https }) => https !== 'DISABLED');
    const states = (await Promise.all(sites.map((site) => this.#stateOrNull(site)))).filter((state) => state !== null);
    return states
      .map((state) => ({ state, names: namesShowing(certificate, state) }))
      .filter(({ names }) => names.length > 0);
  }

  #sitesOf(certificate: Certificate): Promise<readonly Site[]> {
    return this.sites.findByNames(certificate.clientId, certificate.serverId, [
      ...certificate.requestedNames,
      ...certificate.names,
    ]);
  }

  /** Null for a site whose platform or server is not ready: its own operations say so. */
  async #stateOrNull(site: Site): Promise<SiteState | null> {
    try {
      return await this.loader.stateOf(site, null);
    } catch (error) {
      if (error instanceof DomainError) {
        return null;
      }
      throw error;
    }
  }

  async #states(certificate: Certificate): Promise<readonly SiteState[]> {
    const sites = await this.#sitesOf(certificate);
    return Promise.all(sites.map((site) => this.loader.stateOf(site, certificate)));
  }
}

/** Those that it covers, and those that nothing covers but that it names: it has expired, and its successor will cover them. */
function namesShowing(certificate: Certificate, { coverage }: SiteState): readonly string[] {
  return coverage
    .filter((covered) =>
      covered.state === 'COVERED'
        ? covered.certificateId === certificate.id
        : certificate.status !== 'FAILED' && certificate.names.includes(covered.name),
    )
    .map(({ name }) => name);
}

function deploymentPlan(states: readonly SiteState[]): OperationPlan {
  return {
    writes: states.map(({ site }) => ({ type: 'site', id: site.id })),
    onFailure: states.map(({ site }) => asItWas(site)),
    tasks: inBatches(
      states.flatMap((state) => vhostTasks(state, state.site.status === 'DISABLED' ? 'DISABLED' : 'ENABLED')),
    ),
  };
}
