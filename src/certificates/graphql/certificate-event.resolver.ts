import { Args, Context, Parent, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import {
  Allow,
  CurrentActor,
  decodeCursor,
  readPage,
  requestLoader,
  toConnection,
  withoutNulls,
  type GraphqlContext,
} from '../../graphql/index.js';
import type { Actor } from '../../shared/actor.js';
import { byId } from '../../shared/by-id.js';
import { CertificateStore } from '../application/certificate-store.js';
import { FindCertificateEvents } from '../application/events/find-certificate-events.js';
import { WatchCertificateEvents } from '../application/events/watch-certificate-events.js';
import type { CertificateEvent } from '../domain/events/certificate-event.js';
import {
  CertificateEventConnection,
  CertificateEventListArgs,
  CertificateEventObject,
  CertificateEventsArgs,
  toEventObject,
} from './certificate-event.type.js';
import { CertificateType } from './certificate.type.js';

@Resolver(() => CertificateEventObject)
export class CertificateEventResolver {
  constructor(
    private readonly find: FindCertificateEvents,
    private readonly watch: WatchCertificateEvents,
    private readonly certificates: CertificateStore,
  ) {}

  @Allow('certificate:read')
  @Query(() => CertificateEventConnection, {
    name: 'certificateEvents',
    description: 'What happened to certificates, the oldest first; `last: 20` are the newest.',
  })
  async list(
    @Args() { clientId, certificateId, types, ...range }: CertificateEventListArgs,
    @CurrentActor() actor: Actor,
  ): Promise<CertificateEventConnection> {
    const page = readPage(range);
    const filter = withoutNulls({ clientId, certificateId, types });
    const events = (await this.find.page(filter, page, actor)).map(toEventObject);
    return toConnection(events, page, () => this.find.count(filter, actor));
  }

  @Allow('certificate:read')
  @Subscription(() => CertificateEventObject, {
    description: 'What happened from after a cursor on, then live. It has no end.',
    resolve: toEventObject,
  })
  certificateEvents(
    @Args() { after, clientId, certificateId, types }: CertificateEventsArgs,
    @CurrentActor() actor: Actor,
    @Context() { signal }: GraphqlContext,
  ): Promise<AsyncIterable<CertificateEvent>> {
    const start = typeof after === 'string' ? decodeCursor(after, 'after') : null;
    return this.watch.execute(withoutNulls({ clientId, certificateId, types }), start, actor, signal);
  }

  @ResolveField(() => CertificateType, { nullable: true, description: 'As it is now.' })
  async certificate(
    @Parent() { certificateId }: CertificateEventObject,
    @Context() context: GraphqlContext,
  ): Promise<CertificateType | null> {
    const load = async (ids: readonly string[]) => byId(await this.certificates.findMany(ids));
    return requestLoader(context, 'certificate.byId', load).load(certificateId);
  }
}
