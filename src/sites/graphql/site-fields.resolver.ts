import { Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { CertificateStore, CertificateType, CoveringCertificates, type Covered } from '../../certificates/index.js';
import { ClientStore, ClientType } from '../../clients/index.js';
import { requestLoader, type GraphqlContext } from '../../graphql/index.js';
import { OperationStore, OperationType, type Operation } from '../../operations/index.js';
import { PlatformStore, PlatformType } from '../../platforms/index.js';
import { byId } from '../../shared/by-id.js';
import { wantedNames } from '../domain/aliases.js';
import type { Site, SiteName } from '../domain/site.js';
import { AliasType, NameCoverageType, SiteType } from './site.type.js';

/** What a site's fields look up elsewhere; batched, so that a list of sites costs as many queries as one site. */
@Resolver(() => SiteType)
export class SiteFieldsResolver {
  constructor(
    private readonly clients: ClientStore,
    private readonly platforms: PlatformStore,
    private readonly certificates: CertificateStore,
    private readonly covering: CoveringCertificates,
    private readonly operations: OperationStore,
  ) {}

  @ResolveField(() => [AliasType])
  aliases(@Parent() site: Site): readonly SiteName[] {
    return site.names.filter(({ role }) => role === 'ALIAS').sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  @ResolveField(() => ClientType, { nullable: true })
  client(@Parent() site: Site, @Context() context: GraphqlContext): Promise<ClientType | null> {
    const load = async (ids: readonly string[]) => byId(await this.clients.findMany(ids));
    return requestLoader(context, 'client.byId', load).load(site.clientId);
  }

  @ResolveField(() => PlatformType, { nullable: true })
  platform(@Parent() site: Site, @Context() context: GraphqlContext): Promise<PlatformType | null> {
    const load = async (ids: readonly string[]) => byId(await this.platforms.findMany(ids));
    return requestLoader(context, 'platform.byId', load).load(site.platformId);
  }

  @ResolveField(() => CertificateType, { nullable: true, description: 'The one that its main name was seen to serve.' })
  async certificate(@Parent() site: Site, @Context() context: GraphqlContext): Promise<CertificateType | null> {
    if (site.servedCertificate === null) {
      return null;
    }
    const load = (spkis: readonly string[]) => this.certificates.findBySpki(spkis);
    const found = await requestLoader(context, 'certificate.bySpki', load).load(site.servedCertificate);
    return found?.clientId === site.clientId ? found : null;
  }

  @ResolveField(() => [NameCoverageType], { description: 'For each name, which certificate covers it, or why none.' })
  async coverage(@Parent() site: Site, @Context() context: GraphqlContext): Promise<readonly NameCoverageType[]> {
    const { clientId, serverId } = site;
    const load = (all: readonly Covered[]) => this.covering.ofMany(all);
    const wanted = { clientId, serverId, names: wantedNames(site).map(({ name }) => name) };
    return (await requestLoader(context, 'coverage', load).load(wanted)) ?? [];
  }

  @ResolveField(() => OperationType, { nullable: true, description: 'The newest one on this site.' })
  lastOperation(@Parent() site: Site, @Context() context: GraphqlContext): Promise<Operation | null> {
    const load = (ids: readonly string[]) => this.operations.newestOf('site', ids);
    return requestLoader(context, 'operation.newestOfSite', load).load(site.id);
  }
}
