import { Field, ID, ObjectType, registerEnumType } from '@nestjs/graphql';
import { NodeInterface, Paginated, enumOf } from '../../graphql/index.js';
import { CERTIFICATE_PROVIDERS, type CertificateProviderName, type RefusedName } from '../domain/certificate.js';
import { TOLD_STATUSES, type ToldStatus } from '../domain/told-status.js';
import { PROVIDER_KINDS } from '../domain/provider-kinds/provider-kinds.js';
import { KEY_TYPES, type KeyType } from '../domain/key-type.js';

export const KeyTypeEnum = enumOf(KEY_TYPES);
registerEnumType(KeyTypeEnum, { name: 'KeyType' });

export const CertificateStatusEnum = enumOf(TOLD_STATUSES);
registerEnumType(CertificateStatusEnum, {
  name: 'CertificateStatus',
  valuesMap: {
    PENDING: { description: 'Asked for; nothing to serve yet.' },
    ACTIVE: { description: 'Its files are on its server.' },
    FAILED: { description: 'It could not be made.' },
    EXPIRED: { description: 'It was active, and nothing has replaced it.' },
    REVOKED: { description: 'Its CA has been told that nobody must trust it.' },
  },
});

export const CertificateProviderEnum = enumOf(CERTIFICATE_PROVIDERS);
registerEnumType(CertificateProviderEnum, {
  name: 'CertificateProviderKind',
  valuesMap: PROVIDER_KINDS,
});

@ObjectType('RefusedName', { description: 'A name that the others were issued without: why, and what to do.' })
export class RefusedNameType implements RefusedName {
  @Field(() => String)
  readonly name: string;

  @Field(() => String, { description: 'A stable word, such as NAME_NOT_IN_DNS.' })
  readonly cause: string;

  @Field(() => String, { description: 'Who can mend it: YOU, YOUR_DNS, CA, US.' })
  readonly owner: string;

  @Field(() => String)
  readonly message: string;

  @Field(() => String, { description: 'What the CA said.' })
  readonly evidence: string;

  @Field(() => String)
  readonly remedy: string;

  @Field(() => String, {
    nullable: true,
    description:
      'When another try is worth it; null: not before something was changed. renewal.leftOut says when it is looked at.',
  })
  readonly retryAt: string | null;
}

@ObjectType('Certificate', {
  implements: () => [NodeInterface],
  description: 'Names, key and chain with a life of their own; serves any number of sites. Public data only.',
})
export class CertificateType {
  @Field(() => ID)
  readonly id: string;

  @Field(() => ID)
  readonly clientId: string;

  @Field(() => CertificateProviderEnum)
  readonly provider: CertificateProviderName;

  @Field(() => KeyTypeEnum)
  readonly keyType: KeyType;

  @Field(() => CertificateStatusEnum)
  readonly status: ToldStatus;

  @Field(() => ID, { nullable: true, description: 'Of the CertificateProvider that it comes from.' })
  readonly providerId: string | null;

  @Field(() => [String], { description: 'Those asked for, and once issued those in the certificate.' })
  readonly names: readonly string[];

  @Field(() => [String], { description: 'All that were asked for.' })
  readonly requestedNames: readonly string[];

  @Field(() => [RefusedNameType], { description: 'Why names were left out.' })
  readonly refusedNames: readonly RefusedNameType[];

  @Field(() => String, { nullable: true, description: 'SHA-256 of the SubjectPublicKeyInfo, 64 hex digits.' })
  readonly spki: string | null;

  @Field(() => String, { nullable: true, description: 'SHA-256 of the certificate, 64 hex digits.' })
  readonly fingerprint: string | null;

  @Field(() => String, { nullable: true })
  readonly serial: string | null;

  @Field(() => String, { nullable: true })
  readonly issuer: string | null;

  @Field(() => Date, { nullable: true })
  readonly notBefore: Date | null;

  @Field(() => Date, { nullable: true })
  readonly notAfter: Date | null;

  @Field(() => String, { nullable: true, description: 'The certificate and its chain, as they are served (PEM).' })
  readonly chainPem: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Profile of the CA that it was issued by; null: the CA's default.",
  })
  readonly acmeProfile: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The request (PKCS#10, PEM) for a certificate for its key, once createCsr has made it.',
  })
  readonly csrPem: string | null;

  @Field(() => Date)
  readonly createdAt: Date;

  @Field(() => Date)
  readonly updatedAt: Date;
}

@ObjectType()
export class CertificateConnection extends Paginated(CertificateType) {}
