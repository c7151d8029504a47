import { Field, ID, InputType, ObjectType, registerEnumType } from '@nestjs/graphql';
import {
  CertificateType,
  DEFAULT_KEY_TYPE,
  KeyTypeEnum,
  type KeyType,
  type UploadWarning,
} from '../../certificates/index.js';
import { SecretScalar, enumOf } from '../../graphql/index.js';
import { OperationType } from '../../operations/index.js';
import type { Secret } from '../../shared/secret.js';
import { SiteNamesInput } from './site.inputs.js';

const WARNING_REASONS = [
  'CERTIFICATE_IGNORED',
  'KEY_IGNORED',
  'PART_IGNORED',
  'CHAIN_MAY_BE_INCOMPLETE',
  'NOT_SERVED',
] as const satisfies readonly UploadWarning['reason'][];

export const CertificateWarningReasonEnum = enumOf(WARNING_REASONS);
registerEnumType(CertificateWarningReasonEnum, { name: 'CertificateWarningReason' });

@InputType()
export class UploadCertificateInput {
  @Field(() => ID, { description: 'Its server gets the certificate; any site of the same client there may use it.' })
  readonly siteId: string;

  @Field(() => [SecretScalar], {
    description:
      'Certificate, chain and private key in any order and any number of texts: PEM with anything around it, or the base64 of DER, PKCS#12 or PKCS#7.',
  })
  readonly material: Secret[];

  @Field(() => SecretScalar, { nullable: true, description: 'Of the PKCS#12 file, or of an encrypted key.' })
  readonly passphrase?: Secret | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Names that must be covered; left out: one name of the site at least.',
  })
  readonly names?: string[] | null;
}

@InputType({
  description: 'What a CA wants to know that certifies organisations. A certificate for a domain needs none of it.',
})
export class CsrSubjectInput {
  @Field(() => String, { nullable: true })
  readonly commonName?: string | null;

  @Field(() => String, { nullable: true })
  readonly organization?: string | null;

  @Field(() => String, { nullable: true })
  readonly organizationalUnit?: string | null;

  @Field(() => String, { nullable: true })
  readonly locality?: string | null;

  @Field(() => String, { nullable: true })
  readonly state?: string | null;

  @Field(() => String, { nullable: true, description: 'Two letters (ISO 3166).' })
  readonly country?: string | null;
}

@InputType()
export class CreateCsrInput extends SiteNamesInput {
  @Field(() => KeyTypeEnum, { defaultValue: DEFAULT_KEY_TYPE })
  readonly keyType: KeyType;

  @Field(() => CsrSubjectInput, { nullable: true })
  readonly subject?: CsrSubjectInput | null;
}

@InputType()
export class InstallCertificateInput {
  @Field(() => ID, { description: 'The one that createCsr answered.' })
  readonly certificateId: string;

  @Field(() => [SecretScalar], {
    description: 'The certificate and its chain, in the formats of uploadCertificate. Without a key.',
  })
  readonly material: Secret[];
}

@InputType()
export class CertificateInput {
  @Field(() => ID)
  readonly certificateId: string;
}

@ObjectType({ description: 'Something of what was pasted that was left aside, or that may be amiss.' })
export class CertificateWarning {
  @Field(() => CertificateWarningReasonEnum)
  readonly reason: UploadWarning['reason'];

  @Field(() => String)
  readonly message: string;
}

@ObjectType()
export class CertificatePayload {
  @Field(() => CertificateType)
  readonly certificate: CertificateType;

  @Field(() => OperationType)
  readonly operation: OperationType;

  @Field(() => [CertificateWarning])
  readonly warnings: readonly CertificateWarning[];
}
