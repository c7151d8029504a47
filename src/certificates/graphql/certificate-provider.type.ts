import { Field, ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { NodeInterface, Paginated, enumOf } from '../../graphql/index.js';
import { TSIG_ALGORITHMS, type TsigAlgorithm } from '../domain/acme/challenge-method.js';
import { withoutUser, type AcmeChallenge, type AcmeSettings } from '../domain/provider/acme-settings.js';
import { LIMIT_SET_NAMES, limitSetOf, type LimitSet } from '../domain/rate-limits/limits.js';
import type { CertificateProvider } from '../domain/provider/certificate-provider.js';

export const AcmeChallengeTypeEnum = enumOf(['HTTP_01', 'DNS_01'] as const);
registerEnumType(AcmeChallengeTypeEnum, {
  name: 'AcmeChallengeType',
  description: 'How a name is proved (RFC 8555 §8).',
});

export const TsigAlgorithmEnum = Object.fromEntries(
  TSIG_ALGORITHMS.map((algorithm) => [algorithm.replaceAll('-', '_').toUpperCase(), algorithm]),
) as Record<string, TsigAlgorithm>;
registerEnumType(TsigAlgorithmEnum, { name: 'TsigAlgorithm' });

export const CaLimitsEnum = enumOf(LIMIT_SET_NAMES);
registerEnumType(CaLimitsEnum, {
  name: 'CaLimits',
  valuesMap: {
    LETS_ENCRYPT: { description: "As Let's Encrypt does in production: the default for its directory." },
    NONE: { description: 'None that are known; what the CA answers is kept to all the same. The default for others.' },
  },
});

@ObjectType('AcmeExternalAccount', { description: 'RFC 8555 §7.3.4.' })
export class AcmeExternalAccountType {
  @Field(() => String)
  readonly keyId: string;

  @Field(() => String, { description: 'Name of the file in `secrets/` of the server that holds the HMAC key.' })
  readonly secret: string;
}

@ObjectType('AcmeProfile')
export class AcmeProfileType {
  @Field(() => String)
  readonly name: string;

  @Field(() => Boolean, { description: 'Fail rather than take the default of a CA that does not have it.' })
  readonly required: boolean;
}

@ObjectType('Rfc2136', { description: 'Dynamic updates of the zone, signed by TSIG.' })
export class Rfc2136Type {
  @Field(() => String)
  readonly host: string;

  @Field(() => Int)
  readonly port: number;

  @Field(() => String, { nullable: true })
  readonly keyName: string | null;

  @Field(() => TsigAlgorithmEnum)
  readonly algorithm: TsigAlgorithm;

  @Field(() => String, {
    nullable: true,
    description: 'Name of the file in `secrets/` of the server that holds the TSIG key.',
  })
  readonly secret: string | null;
}

@ObjectType('DnsHook', {
  description: 'A program of the administrator, run as `hook args… present|cleanup <name> <value>`.',
})
export class DnsHookType {
  @Field(() => String, { description: 'Name of the program in `hooks/` of the server.' })
  readonly hook: string;

  @Field(() => [String])
  readonly args: readonly string[];

  @Field(() => Int)
  readonly timeoutSeconds: number;
}

@ObjectType('AcmeChallenge')
export class AcmeChallengeObject {
  @Field(() => AcmeChallengeTypeEnum)
  readonly type: AcmeChallenge['type'];

  @Field(() => [String], { description: 'Only for these domains and what lies below; empty: for all.' })
  readonly domains: readonly string[];

  @Field(() => Rfc2136Type, { nullable: true })
  readonly rfc2136: Rfc2136Type | null;

  @Field(() => DnsHookType, { nullable: true })
  readonly exec: DnsHookType | null;
}

@ObjectType('AcmePreflight', { description: 'How names are looked at before the CA is asked.' })
export class PreflightType {
  @Field(() => Boolean)
  readonly enabled: boolean;

  @Field(() => [String])
  readonly resolvers: readonly string[];

  @Field(() => Int)
  readonly httpPort: number;

  @Field(() => Int)
  readonly httpsPort: number;
}

@ObjectType('AcmeSettings', { description: 'How an ACME CA (RFC 8555) is spoken to.' })
export class AcmeSettingsType {
  @Field(() => String)
  readonly directoryUrl: string;

  @Field(() => String, { nullable: true, description: 'Roots to trust for the connection to the CA (PEM).' })
  readonly caBundle: string | null;

  @Field(() => String, { nullable: true })
  readonly proxyUrl: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Name of the file in `secrets/` of the server that holds `user:password` for the proxy.',
  })
  readonly proxySecret: string | null;

  @Field(() => Boolean, { description: 'The CA is for tests: browsers do not trust it, and that is known.' })
  readonly staging: boolean;

  @Field(() => [String])
  readonly contact: readonly string[];

  @Field(() => Boolean)
  readonly termsOfServiceAgreed: boolean;

  @Field(() => AcmeExternalAccountType, { nullable: true })
  readonly externalAccount: AcmeExternalAccountType | null;

  @Field(() => AcmeProfileType, { nullable: true })
  readonly profile: AcmeProfileType | null;

  @Field(() => [AcmeChallengeObject])
  readonly challenges: readonly AcmeChallengeObject[];

  @Field(() => PreflightType)
  readonly preflight: PreflightType;

  @Field(() => String, { nullable: true, description: 'Common name of an issuer in the chain that is preferred.' })
  readonly preferredChain: string | null;

  @Field(() => CaLimitsEnum, { description: 'How the CA limits orders: the schedule keeps to it.' })
  readonly limits: LimitSet;
}

@ObjectType('CertificateProvider', {
  implements: () => [NodeInterface],
  description: 'A CA that certificates come from. Self-signed and uploaded ones need none.',
})
export class CertificateProviderType {
  @Field(() => ID)
  readonly id: string;

  @Field(() => String)
  readonly name: string;

  @Field(() => ID, { nullable: true, description: 'Null: for everybody.' })
  readonly clientId: string | null;

  @Field(() => ID, { nullable: true, description: 'The provider that is asked when the CA of this one fails.' })
  readonly backupId: string | null;

  @Field(() => AcmeSettingsType)
  readonly acme: AcmeSettingsType;

  @Field(() => Date)
  readonly createdAt: Date;
}

@ObjectType()
export class CertificateProviderConnection extends Paginated(CertificateProviderType) {}

export function providerType({ acme, ...provider }: CertificateProvider): CertificateProviderType {
  const limits = limitSetOf(acme.limits, acme.directoryUrl);
  // Rows that are older than the refusal of users and passwords in URLs may hold some.
  const urls = { directoryUrl: withoutUser(acme.directoryUrl), proxyUrl: acme.proxyUrl && withoutUser(acme.proxyUrl) };
  return { ...provider, acme: { ...acme, ...urls, limits, challenges: acme.challenges.map(challengeObject) } };
}

function challengeObject(challenge: AcmeSettings['challenges'][number]): AcmeChallengeObject {
  return challenge.type === 'DNS_01' ? challenge : { ...challenge, domains: [], rfc2136: null, exec: null };
}
