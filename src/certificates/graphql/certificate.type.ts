import { Field, ID, ObjectType, registerEnumType } from '@nestjs/graphql';
import { NodeInterface, Paginated, enumOf } from '../../graphql/index.js';
import {
  CERTIFICATE_PROVIDERS,
  CERTIFICATE_STATUSES,
  type CertificateProviderName,
  type CertificateStatus,
} from '../domain/certificate.js';
import { KEY_TYPES, type KeyType } from '../domain/key-type.js';

export const KeyTypeEnum = enumOf(KEY_TYPES);
registerEnumType(KeyTypeEnum, { name: 'KeyType' });

export const CertificateStatusEnum = enumOf(CERTIFICATE_STATUSES);
registerEnumType(CertificateStatusEnum, {
  name: 'CertificateStatus',
  valuesMap: {
    PENDING: { description: 'Asked for; nothing to serve yet.' },
    ACTIVE: { description: 'Its files are on its server.' },
    FAILED: { description: 'It could not be made.' },
    EXPIRED: { description: 'It was active, and nothing has replaced it.' },
  },
});

export const CertificateProviderEnum = enumOf(CERTIFICATE_PROVIDERS);
registerEnumType(CertificateProviderEnum, { name: 'CertificateProvider' });

@ObjectType('Certificate', {
  implements: () => [NodeInterface],
  description: 'Names, key and chain with a life of their own; serves any number of sites. Public data only.',
})
export class CertificateType {
  @Field(() => ID)
  readonly id: string;

  @Field(() => CertificateProviderEnum)
  readonly provider: CertificateProviderName;

  @Field(() => KeyTypeEnum)
  readonly keyType: KeyType;

  @Field(() => CertificateStatusEnum)
  readonly status: CertificateStatus;

  @Field(() => [String])
  readonly names: readonly string[];

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
