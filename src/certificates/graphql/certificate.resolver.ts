import { Args, ArgsType, Field, ID, Query, Resolver } from '@nestjs/graphql';
import { Allow, CurrentActor, PageArgs, readPage, toConnection, withoutNulls } from '../../graphql/index.js';
import type { Actor } from '../../shared/actor.js';
import { FindCertificates } from '../application/find-certificates.js';
import type { CertificateStatus } from '../domain/certificate.js';
import { CertificateConnection, CertificateStatusEnum, CertificateType } from './certificate.type.js';

@ArgsType()
export class CertificateListArgs extends PageArgs {
  @Field(() => ID, { nullable: true })
  readonly clientId?: string | null;

  @Field(() => CertificateStatusEnum, { nullable: true })
  readonly status?: CertificateStatus | null;

  @Field(() => Date, { nullable: true, description: 'Those that end before this moment, the expired ones too.' })
  readonly expiresBefore?: Date | null;
}

@Resolver(() => CertificateType)
export class CertificateResolver {
  constructor(private readonly find: FindCertificates) {}

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
