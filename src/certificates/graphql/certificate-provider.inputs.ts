import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { OperationType } from '../../operations/index.js';
import type { TsigAlgorithm } from '../domain/acme/challenge-method.js';
import type { AcmeChallenge } from '../domain/provider/acme-settings.js';
import type { LimitSet } from '../domain/rate-limits/limits.js';
import {
  AcmeChallengeTypeEnum,
  CaLimitsEnum,
  CertificateProviderType,
  TsigAlgorithmEnum,
} from './certificate-provider.type.js';

@InputType()
export class AcmeExternalAccountInput {
  @Field(() => String)
  readonly keyId: string;

  @Field(() => String, { description: 'Name of the file in `secrets/` of the server that holds the HMAC key.' })
  readonly secret: string;
}

@InputType()
export class AcmeProfileInput {
  @Field(() => String)
  readonly name: string;

  @Field(() => Boolean, { defaultValue: false })
  readonly required: boolean;
}

@InputType()
export class Rfc2136Input {
  @Field(() => String)
  readonly host: string;

  @Field(() => Int, { defaultValue: 53 })
  readonly port: number;

  @Field(() => String, { nullable: true })
  readonly keyName?: string | null;

  @Field(() => TsigAlgorithmEnum, { defaultValue: 'hmac-sha256' })
  readonly algorithm: TsigAlgorithm;

  @Field(() => String, {
    nullable: true,
    description: 'Name of the file in `secrets/` of the server that holds the TSIG key.',
  })
  readonly secret?: string | null;
}

@InputType()
export class DnsHookInput {
  @Field(() => String, { description: 'Name of the program in `hooks/` of the server.' })
  readonly hook: string;

  @Field(() => [String], { defaultValue: [] })
  readonly args: string[];

  @Field(() => Int, { defaultValue: 60 })
  readonly timeoutSeconds: number;
}

@InputType({ description: 'DNS_01 takes one of rfc2136 and exec.' })
export class AcmeChallengeInput {
  @Field(() => AcmeChallengeTypeEnum)
  readonly type: AcmeChallenge['type'];

  @Field(() => [String], {
    nullable: true,
    description: 'Only for these domains and what lies below; left out: for all.',
  })
  readonly domains?: string[] | null;

  @Field(() => Rfc2136Input, { nullable: true })
  readonly rfc2136?: Rfc2136Input | null;

  @Field(() => DnsHookInput, { nullable: true })
  readonly exec?: DnsHookInput | null;

  @Field(() => [String], { nullable: true, description: 'Addresses of resolvers; left out: those of the system.' })
  readonly resolvers?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Name servers that must all have the record; left out: those of the zone.',
  })
  readonly nameServers?: string[] | null;

  @Field(() => Int, { nullable: true })
  readonly propagationSeconds?: number | null;

  @Field(() => Int, { nullable: true })
  readonly ttlSeconds?: number | null;
}

@InputType()
export class PreflightInput {
  @Field(() => Boolean, { defaultValue: true })
  readonly enabled: boolean;

  @Field(() => [String], { defaultValue: [], description: 'Addresses of resolvers; empty: those of the system.' })
  readonly resolvers: string[];

  @Field(() => Int, { defaultValue: 80, description: 'Where the CA asks for HTTP-01: 80 for every public one.' })
  readonly httpPort: number;

  @Field(() => Int, { defaultValue: 443 })
  readonly httpsPort: number;
}

@InputType()
export class AcmeSettingsInput {
  @Field(() => String, { description: "The CA's directory, such as https://acme-v02.api.letsencrypt.org/directory." })
  readonly directoryUrl: string;

  @Field(() => String, { nullable: true, description: 'Roots to trust for the connection to a private CA (PEM).' })
  readonly caBundle?: string | null;

  @Field(() => String, { nullable: true, description: 'http://host:port' })
  readonly proxyUrl?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Name of the file in `secrets/` of each server that holds `user:password` for the proxy.',
  })
  readonly proxySecret?: string | null;

  @Field(() => Boolean, { defaultValue: false, description: 'The CA is for tests: take what browsers do not trust.' })
  readonly staging: boolean;

  @Field(() => [String], { defaultValue: [], description: 'E-mail addresses.' })
  readonly contact: string[];

  @Field(() => Boolean, { description: "You have read the CA's terms of service, and agree." })
  readonly termsOfServiceAgreed: boolean;

  @Field(() => AcmeExternalAccountInput, { nullable: true })
  readonly externalAccount?: AcmeExternalAccountInput | null;

  @Field(() => AcmeProfileInput, { nullable: true })
  readonly profile?: AcmeProfileInput | null;

  @Field(() => [AcmeChallengeInput], { nullable: true, description: 'In order of preference; left out: HTTP_01.' })
  readonly challenges?: AcmeChallengeInput[] | null;

  @Field(() => PreflightInput, { nullable: true, description: 'How names are looked at before the CA is asked.' })
  readonly preflight?: PreflightInput | null;

  @Field(() => String, { nullable: true })
  readonly preferredChain?: string | null;

  @Field(() => CaLimitsEnum, { nullable: true, description: 'Left out: as is known of the directory.' })
  readonly limits?: LimitSet | null;
}

@InputType()
export class CreateCertificateProviderInput {
  @Field(() => String, { description: 'Machine name.' })
  readonly name: string;

  @Field(() => ID, { nullable: true, description: 'For this client alone, with an account of its own at the CA.' })
  readonly clientId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'The provider that is asked when the CA of this one fails: of another CA, and of the operator or the same client.',
  })
  readonly backupId?: string | null;

  @Field(() => AcmeSettingsInput)
  readonly acme: AcmeSettingsInput;
}

@InputType()
export class UpdateCertificateProviderInput {
  @Field(() => ID)
  readonly providerId: string;

  @Field(() => String, { nullable: true })
  readonly name?: string | null;

  @Field(() => ID, { nullable: true, description: 'Null: none any more. Left out: as it was.' })
  readonly backupId?: string | null;

  @Field(() => AcmeSettingsInput, { nullable: true, description: 'Replaces the settings as a whole.' })
  readonly acme?: AcmeSettingsInput | null;
}

@InputType()
export class CertificateProviderInput {
  @Field(() => ID)
  readonly providerId: string;
}

@InputType()
export class TestCertificateProviderInput extends CertificateProviderInput {
  @Field(() => ID, { description: 'The server that is to try it.' })
  readonly serverId: string;
}

@InputType()
export class RolloverAccountKeyInput extends CertificateProviderInput {
  @Field(() => ID, { description: 'The server whose account it is.' })
  readonly serverId: string;
}

@ObjectType()
export class CertificateProviderPayload {
  @Field(() => CertificateProviderType)
  readonly provider: CertificateProviderType;
}

@ObjectType()
export class TestCertificateProviderPayload extends CertificateProviderPayload {
  @Field(() => OperationType)
  readonly operation: OperationType;
}

@ObjectType()
export class RolloverAccountKeyPayload extends TestCertificateProviderPayload {}
