import { Args, Field, ID, InputType, Mutation, Resolver } from '@nestjs/graphql';
import { Allow, CurrentActor } from '../../graphql/index.js';
import type { Actor } from '../../shared/actor.js';
import { CheckDomain } from '../application/check-domain.js';
import { SiteNamesInput, SitePayload } from './site.inputs.js';
import { SiteType } from './site.type.js';

@InputType()
export class CheckDomainInput extends SiteNamesInput {
  @Field(() => ID, {
    nullable: true,
    description:
      "SELF_SIGNED or the id of a provider, whose CA is to be thought of; left out: what the site's policy says.",
  })
  readonly provider?: string | null;
}

@Resolver(() => SiteType)
export class CheckDomainResolver {
  constructor(private readonly check: CheckDomain) {}

  @Allow('certificate:issue')
  @Mutation(() => SitePayload, {
    description:
      'Looks at the names of a site as a CA would: addresses, what answers there, CAA. Changes and orders nothing; what speaks against a name is a warning of the operation.',
  })
  checkDomain(
    @Args('input') { siteId, names = null, provider = null }: CheckDomainInput,
    @CurrentActor() actor: Actor,
  ): Promise<SitePayload> {
    return this.check.execute({ siteId, names, provider }, actor);
  }
}
