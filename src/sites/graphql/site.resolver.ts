import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Allow, CurrentActor, readPage, toConnection, withoutNulls } from '../../graphql/index.js';
import type { Actor } from '../../shared/actor.js';
import { ChangeSite } from '../application/change-site.js';
import { CreateSite } from '../application/create-site.js';
import { FindSites } from '../application/find-sites.js';
import { IssueCertificate } from '../application/issue-certificate.js';
import { UpdateSite } from '../application/update-site.js';
import { VerifySite } from '../application/verify-site.js';
import {
  CreateSiteInput,
  IssueCertificateInput,
  IssueCertificatePayload,
  SiteInput,
  SiteListArgs,
  SitePayload,
  UpdateSiteInput,
  VerifySiteInput,
} from './site.inputs.js';
import { SiteConnection, SiteType } from './site.type.js';

@Resolver(() => SiteType)
export class SiteResolver {
  constructor(
    private readonly find: FindSites,
    private readonly create: CreateSite,
    private readonly update: UpdateSite,
    private readonly change: ChangeSite,
    private readonly verify: VerifySite,
    private readonly issue: IssueCertificate,
  ) {}

  @Allow('site:read')
  @Query(() => SiteType, { nullable: true })
  site(@Args('id', { type: () => ID }) id: string, @CurrentActor() actor: Actor): Promise<SiteType | null> {
    return this.find.one(id, actor);
  }

  @Allow('site:read')
  @Query(() => SiteConnection)
  async sites(
    @Args() { clientId, serverId, platformId, status, uri, ...range }: SiteListArgs,
    @CurrentActor() actor: Actor,
  ): Promise<SiteConnection> {
    const page = readPage(range);
    const filter = withoutNulls({ clientId, serverId, platformId, status, uri });
    return toConnection(await this.find.page(filter, page, actor), page, () => this.find.count(filter, actor));
  }

  @Allow('site:create')
  @Mutation(() => SitePayload, { description: 'Puts a site on a platform and serves it.' })
  createSite(@Args('input') input: CreateSiteInput, @CurrentActor() actor: Actor): Promise<SitePayload> {
    return this.create.execute(input, actor);
  }

  @Allow('site:update')
  @Mutation(() => SitePayload, { description: 'Declares what a site should be; one operation brings it about.' })
  updateSite(@Args('input') input: UpdateSiteInput, @CurrentActor() actor: Actor): Promise<SitePayload> {
    return this.update.execute(input.siteId, input, actor);
  }

  @Allow('site:update')
  @Mutation(() => SitePayload, {
    description:
      'Makes the server agree with what is wanted; touches nothing that does. As a dry run it reports what differs (operation.drift).',
  })
  verifySite(@Args('input') input: VerifySiteInput, @CurrentActor() actor: Actor): Promise<SitePayload> {
    return this.verify.execute(input, actor);
  }

  @Allow('site:update')
  @Mutation(() => SitePayload)
  enableSite(@Args('input') input: SiteInput, @CurrentActor() actor: Actor): Promise<SitePayload> {
    return this.change.execute(input.siteId, actor, 'site.enable');
  }

  @Allow('site:update')
  @Mutation(() => SitePayload, { description: 'Lets the site answer with a 503 page; nothing of it is removed.' })
  disableSite(@Args('input') input: SiteInput, @CurrentActor() actor: Actor): Promise<SitePayload> {
    return this.change.execute(input.siteId, actor, 'site.disable');
  }

  @Allow('site:delete')
  @Mutation(() => SitePayload, { description: 'Takes the site off the server and frees its names. The code stays.' })
  deleteSite(@Args('input') input: SiteInput, @CurrentActor() actor: Actor): Promise<SitePayload> {
    return this.change.execute(input.siteId, actor, 'site.delete');
  }

  @Allow('certificate:issue')
  @Mutation(() => IssueCertificatePayload, {
    description: 'A certificate for the names of a site, served by every site that has one of them.',
  })
  issueCertificate(
    @Args('input') input: IssueCertificateInput,
    @CurrentActor() actor: Actor,
  ): Promise<IssueCertificatePayload> {
    return this.issue.execute(input, actor);
  }
}
