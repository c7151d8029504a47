import { Args, Context, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { DecidePolicy, type PolicySubject } from '../../certificates/index.js';
import { Allow, CurrentActor, requestLoader, type GraphqlContext } from '../../graphql/index.js';
import type { Actor } from '../../shared/actor.js';
import { policySubject } from '../application/policy-subject.js';
import { SetCertificatePolicy } from '../application/set-certificate-policy.js';
import type { Site } from '../domain/site.js';
import {
  EffectivePolicyType,
  SetCertificatePolicyInput,
  SetCertificatePolicyPayload,
} from './certificate-policy.type.js';
import { SiteType } from './site.type.js';

@Resolver(() => SiteType)
export class CertificatePolicyResolver {
  constructor(
    private readonly decide: DecidePolicy,
    private readonly set: SetCertificatePolicy,
  ) {}

  @ResolveField(() => EffectivePolicyType)
  async certificatePolicy(@Parent() site: Site, @Context() context: GraphqlContext): Promise<EffectivePolicyType> {
    const load = async (keys: readonly string[]) => {
      const found = await this.decide.forMany(keys.map((key) => JSON.parse(key) as PolicySubject));
      return new Map(keys.map((key) => [key, found.get((JSON.parse(key) as PolicySubject).siteId)!]));
    };
    // Everything that it takes to decide is in the key, so that a list of sites costs one query.
    const key = JSON.stringify(policySubject(site));
    const { from, ...policy } = (await requestLoader(context, 'certificatePolicy.ofSite', load).load(key))!;
    return { ...policy, providerFrom: from.provider, keyTypeFrom: from.keyType, profileFrom: from.profile };
  }

  @Allow('certificate-policy:write')
  @Mutation(() => SetCertificatePolicyPayload, {
    description:
      'Where certificates come from that are asked for from now on: the installation, a server or a platform (operators), a client or a site.',
  })
  async setCertificatePolicy(
    @Args('input') {
      scope,
      scopeId = null,
      provider = null,
      keyType = null,
      profile = null,
    }: SetCertificatePolicyInput,
    @CurrentActor() actor: Actor,
  ): Promise<SetCertificatePolicyPayload> {
    return { policy: await this.set.execute({ scope, scopeId, provider, keyType, profile }, actor) };
  }
}
