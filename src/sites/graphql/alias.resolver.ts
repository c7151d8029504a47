import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { Allow, CurrentActor } from '../../graphql/index.js';
import type { Actor } from '../../shared/actor.js';
import { AddAlias } from '../application/add-alias.js';
import { RemoveAlias } from '../application/remove-alias.js';
import { SetHttps } from '../application/set-https.js';
import { SetRedirect } from '../application/set-redirect.js';
import { AddAliasInput, RemoveAliasInput, SetHttpsInput, SetRedirectInput, SitePayload } from './site.inputs.js';

/** Mutations of the names of a site and of how they are served. */
@Resolver()
export class AliasResolver {
  constructor(
    private readonly add: AddAlias,
    private readonly remove: RemoveAlias,
    private readonly redirect: SetRedirect,
    private readonly https: SetHttps,
  ) {}

  @Allow('site:update')
  @Mutation(() => SitePayload)
  addAlias(@Args('input') input: AddAliasInput, @CurrentActor() actor: Actor): Promise<SitePayload> {
    return this.add.execute(input.siteId, input, actor);
  }

  @Allow('site:update')
  @Mutation(() => SitePayload, { description: 'The name is free again once it is not served any more.' })
  removeAlias(@Args('input') input: RemoveAliasInput, @CurrentActor() actor: Actor): Promise<SitePayload> {
    return this.remove.execute(input.siteId, input.name, actor);
  }

  @Allow('site:update')
  @Mutation(() => SitePayload, { description: 'Lets an alias redirect to another name of its site, or not redirect.' })
  setRedirect(@Args('input') input: SetRedirectInput, @CurrentActor() actor: Actor): Promise<SitePayload> {
    return this.redirect.execute(input.siteId, input.name, input.redirectTo ?? null, actor);
  }

  @Allow('site:update')
  @Mutation(() => SitePayload, { description: 'Makes a self-signed certificate at once where none covers a name.' })
  setHttps(@Args('input') input: SetHttpsInput, @CurrentActor() actor: Actor): Promise<SitePayload> {
    return this.https.execute(input.siteId, input, actor);
  }
}
