import { Field, ID, InputType, ObjectType, registerEnumType } from '@nestjs/graphql';
import {
  KeyTypeEnum,
  POLICY_SCOPES,
  type CertificatePolicy,
  type KeyType,
  type PolicyScope,
} from '../../certificates/index.js';
import { enumOf } from '../../graphql/index.js';

export const PolicyScopeEnum = enumOf(POLICY_SCOPES);
registerEnumType(PolicyScopeEnum, {
  name: 'PolicyScope',
  description: 'What a policy holds for. The nearest to the site wins: SITE, CLIENT, PLATFORM, SERVER, INSTALLATION.',
});

@ObjectType('EffectiveCertificatePolicy', {
  description:
    'Where the certificates of a site come from, and which scope says so; null: nobody does, it is the default.',
})
export class EffectivePolicyType {
  @Field(() => ID, { description: 'SELF_SIGNED, or the id of a provider.' })
  readonly provider: string;

  @Field(() => PolicyScopeEnum, { nullable: true })
  readonly providerFrom: PolicyScope | null;

  @Field(() => KeyTypeEnum)
  readonly keyType: KeyType;

  @Field(() => PolicyScopeEnum, { nullable: true })
  readonly keyTypeFrom: PolicyScope | null;

  @Field(() => String, { nullable: true, description: "Profile of the CA; null: the provider's." })
  readonly profile: string | null;

  @Field(() => PolicyScopeEnum, { nullable: true })
  readonly profileFrom: PolicyScope | null;
}

@ObjectType('CertificatePolicy', { description: 'What one scope says; null: nothing, and the next one is asked.' })
export class CertificatePolicyType implements CertificatePolicy {
  @Field(() => PolicyScopeEnum)
  readonly scope: PolicyScope;

  @Field(() => ID, { description: 'Empty for the installation.' })
  readonly scopeId: string;

  @Field(() => ID, { nullable: true })
  readonly provider: string | null;

  @Field(() => KeyTypeEnum, { nullable: true })
  readonly keyType: KeyType | null;

  @Field(() => String, { nullable: true })
  readonly profile: string | null;
}

@InputType({ description: 'What the scope says from now on, as a whole: what is left out it leaves to the next one.' })
export class SetCertificatePolicyInput {
  @Field(() => PolicyScopeEnum)
  readonly scope: PolicyScope;

  @Field(() => ID, {
    nullable: true,
    description: 'Of the site, client, platform or server; left out for INSTALLATION.',
  })
  readonly scopeId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'SELF_SIGNED, or the id of a provider that everybody concerned may use.',
  })
  readonly provider?: string | null;

  @Field(() => KeyTypeEnum, { nullable: true })
  readonly keyType?: KeyType | null;

  @Field(() => String, { nullable: true })
  readonly profile?: string | null;
}

@ObjectType()
export class SetCertificatePolicyPayload {
  @Field(() => CertificatePolicyType)
  readonly policy: CertificatePolicyType;
}
