import { Args, Field, ID, InputType, Mutation, ObjectType, Resolver, registerEnumType } from '@nestjs/graphql';
import { Allow, CurrentActor, enumOf } from '../../graphql/index.js';
import { OperationType } from '../../operations/index.js';
import type { Actor } from '../../shared/actor.js';
import { RevokeCertificate } from '../application/revoke-certificate.js';
import { REVOCATION_REASONS, type RevocationReason } from '../domain/acme/revocation-reason.js';
import { CertificateType } from './certificate.type.js';

const RevocationReasonEnum = enumOf(Object.keys(REVOCATION_REASONS) as RevocationReason[]);
registerEnumType(RevocationReasonEnum, { name: 'RevocationReason', description: 'RFC 5280 §5.3.1.' });

const RevokeByEnum = enumOf(['ACCOUNT', 'CERTIFICATE_KEY'] as const);
registerEnumType(RevokeByEnum, {
  name: 'RevokeBy',
  valuesMap: { CERTIFICATE_KEY: { description: 'Where the account at the CA is lost.' } },
});

@InputType()
export class RevokeCertificateInput {
  @Field(() => ID)
  readonly certificateId: string;

  @Field(() => RevocationReasonEnum, { defaultValue: 'UNSPECIFIED' })
  readonly reason: RevocationReason;

  @Field(() => RevokeByEnum, { defaultValue: 'ACCOUNT' })
  readonly by: 'ACCOUNT' | 'CERTIFICATE_KEY';

  @Field(() => String, {
    nullable: true,
    description:
      'SHA-256 of a predecessor that its server still keeps, in hex. Left out: what is in force now, even if it is replaced before the CA is asked.',
  })
  readonly fingerprint?: string | null;
}

@ObjectType()
export class RevokeCertificatePayload {
  @Field(() => CertificateType)
  readonly certificate: CertificateType;

  @Field(() => OperationType)
  readonly operation: OperationType;
}

@Resolver(() => CertificateType)
export class RevokeCertificateResolver {
  constructor(private readonly revoke: RevokeCertificate) {}

  @Allow('certificate:revoke')
  @Mutation(() => RevokeCertificatePayload, {
    description: 'Tells the CA that nobody must trust the certificate. For good; issue what is to replace it first.',
  })
  revokeCertificate(
    @Args('input') input: RevokeCertificateInput,
    @CurrentActor() actor: Actor,
  ): Promise<RevokeCertificatePayload> {
    return this.revoke.execute(input, actor);
  }
}
