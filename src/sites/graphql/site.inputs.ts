import { ArgsType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { CaLimitReachedType, CertificateType, KeyTypeEnum, type KeyType } from '../../certificates/index.js';
import type { HttpsMode } from '../../consumers/index.js';
import { PageArgs } from '../../graphql/index.js';
import { OperationType } from '../../operations/index.js';
import type { SiteStatus } from '../domain/site.js';
import { HttpsModeEnum, SiteStatusEnum, SiteType } from './site.type.js';

const HSTS_MAX_AGE =
  'Seconds for which browsers are told to use HTTPS only (HSTS, RFC 6797), at most two years. 0 takes that back, null says nothing.';
const BREAK_HSTS_PROMISE =
  'Switch HTTPS off before site.hstsPromisedUntil: browsers that were told to use HTTPS only refuse the site until then.';

@InputType()
export class AliasInput {
  @Field(() => String, {
    description: 'A hostname (IDN as U-labels or A-labels), or a wildcard such as *.example.org.',
  })
  readonly name: string;

  @Field(() => Boolean, { defaultValue: false, description: 'Redirect to the main name (301, path and query kept).' })
  readonly redirect: boolean;
}

@InputType()
export class CreateSiteInput {
  @Field(() => String, { description: 'Main name: a hostname, IDN as U-labels or A-labels.' })
  readonly uri: string;

  @Field(() => ID)
  readonly platformId: string;

  @Field(() => ID)
  readonly clientId: string;

  @Field(() => HttpsModeEnum, {
    defaultValue: 'DISABLED',
    description: 'ENABLED or REQUIRED: a self-signed certificate is made at once where none covers the names.',
  })
  readonly https: HttpsMode;

  @Field(() => Int, { nullable: true, description: HSTS_MAX_AGE })
  readonly hstsMaxAge?: number | null;

  @Field(() => [AliasInput], { defaultValue: [] })
  readonly aliases: AliasInput[];

  @Field(() => String, {
    nullable: true,
    description:
      "Socket of the PHP-FPM pool that runs this site, in the directory of its server's phpSocket; left out: that one. Operators only.",
  })
  readonly phpSocket?: string | null;
}

@InputType()
export class UpdateSiteInput {
  @Field(() => ID)
  readonly siteId: string;

  @Field(() => HttpsModeEnum, { nullable: true })
  readonly https?: HttpsMode | null;

  @Field(() => Int, { nullable: true, description: `${HSTS_MAX_AGE} Left out: as it is.` })
  readonly hstsMaxAge?: number | null;

  @Field(() => Boolean, { defaultValue: false, description: BREAK_HSTS_PROMISE })
  readonly breakHstsPromise: boolean;

  @Field(() => String, {
    nullable: true,
    description: "Socket of its PHP-FPM pool; null: its server's; left out: as it is. Operators only.",
  })
  readonly phpSocket?: string | null;

  @Field(() => [AliasInput], { nullable: true, description: 'The whole list; what is missing in it is removed.' })
  readonly aliases?: AliasInput[] | null;
}

@InputType()
export class AddAliasInput extends AliasInput {
  @Field(() => ID)
  readonly siteId: string;
}

@InputType()
export class RemoveAliasInput {
  @Field(() => ID)
  readonly siteId: string;

  @Field(() => String)
  readonly name: string;
}

@InputType()
export class SetRedirectInput {
  @Field(() => ID)
  readonly siteId: string;

  @Field(() => String, { description: 'The alias.' })
  readonly name: string;

  @Field(() => String, {
    nullable: true,
    description: 'Another name of the same site; null: the alias is served itself.',
  })
  readonly redirectTo?: string | null;
}

@InputType()
export class SetHttpsInput {
  @Field(() => ID)
  readonly siteId: string;

  @Field(() => HttpsModeEnum)
  readonly https: HttpsMode;

  @Field(() => Int, { nullable: true, description: `${HSTS_MAX_AGE} Left out: as it is.` })
  readonly hstsMaxAge?: number | null;

  @Field(() => Boolean, { defaultValue: false, description: BREAK_HSTS_PROMISE })
  readonly breakHstsPromise: boolean;
}

@InputType()
export class SiteInput {
  @Field(() => ID)
  readonly siteId: string;
}

@InputType()
export class VerifySiteInput extends SiteInput {
  @Field(() => Boolean, { defaultValue: false, description: 'Changes nothing; what differs is in operation.drift.' })
  readonly dryRun: boolean;
}

@InputType({ isAbstract: true })
export abstract class SiteNamesInput extends SiteInput {
  @Field(() => [String], { nullable: true, description: 'Some of the names of the site; left out: all of them.' })
  readonly names?: string[] | null;
}

@InputType()
export class IssueCertificateInput extends SiteNamesInput {
  @Field(() => ID, {
    nullable: true,
    description:
      "SELF_SIGNED or the id of a provider; left out, as are key type and profile: what the site's policy says.",
  })
  readonly provider?: string | null;

  @Field(() => KeyTypeEnum, { nullable: true })
  readonly keyType?: KeyType | null;

  @Field(() => String, { nullable: true, description: 'Profile of the CA, such as shortlived.' })
  readonly profile?: string | null;
}

@ObjectType()
export class SitePayload {
  @Field(() => SiteType)
  readonly site: SiteType;

  @Field(() => OperationType)
  readonly operation: OperationType;
}

@ObjectType()
export class IssueCertificatePayload extends SitePayload {
  @Field(() => CertificateType)
  readonly certificate: CertificateType;

  @Field(() => CaLimitReachedType, {
    nullable: true,
    description:
      'The CA will refuse it until then, as far as is known. It is asked all the same: it has the last word.',
  })
  readonly limitReached: CaLimitReachedType | null;
}

@ArgsType()
export class SiteListArgs extends PageArgs {
  @Field(() => ID, { nullable: true })
  readonly clientId?: string | null;

  @Field(() => ID, { nullable: true })
  readonly serverId?: string | null;

  @Field(() => ID, { nullable: true })
  readonly platformId?: string | null;

  @Field(() => SiteStatusEnum, { nullable: true })
  readonly status?: SiteStatus | null;

  @Field(() => String, { nullable: true, description: 'The main name, exactly.' })
  readonly uri?: string | null;
}
