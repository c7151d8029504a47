import { Args, ArgsType, Field, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Allow, CurrentActor, PageArgs, readPage, toConnection, withoutNulls } from '../../graphql/index.js';
import type { Actor } from '../../shared/actor.js';
import { FindCertificates } from '../application/find-certificates.js';
import { Clock } from '../../shared/clock.js';
import type { Certificate } from '../domain/certificate.js';
import { toldStatus, type ToldStatus } from '../domain/told-status.js';
import { CertificateConnection, CertificateStatusEnum, CertificateType } from './certificate.type.js';

@ArgsType()
export class CertificateListArgs extends PageArgs {
  @Field(() => ID, { nullable: true })
  readonly clientId?: string | null;

  @Field(() => CertificateStatusEnum, { nullable: true })
  readonly status?: ToldStatus | null;

  @Field(() => Date, { nullable: true, description: 'Those that end before this moment, the expired ones too.' })
  readonly expiresBefore?: Date | null;
}

@Resolver(() => CertificateType)
export class CertificateResolver {
  constructor(
    private readonly find: FindCertificates,
    private readonly clock: Clock,
  ) {}

  @ResolveField(() => CertificateStatusEnum)
  status(@Parent() certificate: Certificate): ToldStatus {
    return toldStatus(certificate, this.clock.now());
  }

  @Allow('certificate:read')
  @Query(() => CertificateType, { nullable: true })
  certificate(
    @Args('id', { type: () => ID }) id: string,
    @CurrentActor() actor: Actor,
  ): Promise<CertificateType | null> {
    return this.find.one(id, actor);
  }

  @Allow('certificate:read')
  @Query(() => CertificateConnection)
  async certificates(
    @Args() { clientId, status, expiresBefore, ...range }: CertificateListArgs,
    @CurrentActor() actor: Actor,
  ): Promise<CertificateConnection> {
    const page = readPage(range);
    const filter = withoutNulls({ clientId, status, expiresBefore });
    return toConnection(await this.find.page(filter, page, actor), page, () => this.find.count(filter, actor));
  }
}
