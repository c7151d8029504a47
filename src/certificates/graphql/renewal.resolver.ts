import { Args, Context, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { Allow, CurrentActor, requestLoader, type GraphqlContext } from '../../graphql/index.js';
import { OperationStore, type Operation } from '../../operations/index.js';
import type { Actor } from '../../shared/actor.js';
import { byId } from '../../shared/by-id.js';
import { RenewCertificate } from '../application/renewal/renew-certificate.js';
import { RenewalStore } from '../application/renewal/renewal-store.js';
import type { Certificate } from '../domain/certificate.js';
import { newRenewal } from '../domain/renewal/certificate-renewal.js';
import { CertificateType } from './certificate.type.js';
import { CertificateRenewalType, RenewCertificateInput, RenewCertificatePayload } from './renewal.type.js';

@Resolver(() => CertificateType)
export class RenewalResolver {
  constructor(
    private readonly renew: RenewCertificate,
    private readonly renewals: RenewalStore,
    private readonly operations: OperationStore,
  ) {}

  @Allow('certificate:renew')
  @Mutation(() => RenewCertificatePayload, {
    description:
      'Renews a certificate that is due, or now when forced. One that is being renewed is not renewed twice.',
  })
  renewCertificate(
    @Args('input') { certificateId, force }: RenewCertificateInput,
    @CurrentActor() actor: Actor,
  ): Promise<RenewCertificatePayload> {
    return this.renew.execute(certificateId, force, actor);
  }

  @ResolveField(() => CertificateRenewalType, { description: 'Its way to its successor, and its alarm.' })
  async renewal(@Parent() { id }: Certificate, @Context() context: GraphqlContext): Promise<CertificateRenewalType> {
    const loadRenewals = async (ids: readonly string[]) =>
      new Map((await this.renewals.findMany(ids)).map((renewal) => [renewal.certificateId, renewal]));
    const found = await requestLoader(context, 'renewal.byCertificate', loadRenewals).load(id);
    const { state, alarm, lastAttemptAt, lastOperationId, servedCheckedAt, leftOut } = found ?? newRenewal(id);
    const loadOperations = async (ids: readonly string[]) => byId(await this.operations.findMany(ids));
    const lastAttempt: Operation | null =
      lastOperationId === null
        ? null
        : await requestLoader(context, 'operation.byId', loadOperations).load(lastOperationId);
    const { renewAt, nextAttemptAt, waitsFor, failures } = state;
    const attempts = { nextAttemptAt, waitsFor, failures, lastAttemptAt, lastAttempt };
    return { dueAt: renewAt, ...attempts, alarm, servedCheckedAt, leftOut: leftOut.names };
  }
}
