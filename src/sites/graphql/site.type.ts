import { Field, ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { HTTPS_MODES, type HttpsMode } from '../../consumers/index.js';
import { NodeInterface, Paginated, enumOf } from '../../graphql/index.js';
import { SITE_NAME_STATUSES, SITE_STATUSES, type SiteNameStatus, type SiteStatus } from '../domain/site.js';

export const HttpsModeEnum = enumOf(HTTPS_MODES);
registerEnumType(HttpsModeEnum, {
  name: 'HttpsMode',
  valuesMap: {
    DISABLED: { description: 'HTTP only. Ægir https_enabled: 0.' },
    ENABLED: { description: 'Both. Ægir: 1.' },
    REQUIRED: { description: 'HTTP redirects to HTTPS. Ægir: 2.' },
  },
});

export const SiteStatusEnum = enumOf(SITE_STATUSES);
registerEnumType(SiteStatusEnum, {
  name: 'SiteStatus',
  valuesMap: {
    QUEUED: { description: 'Being made. Ægir site_status: 0.' },
    ENABLED: { description: 'Served. Ægir: 1.' },
    DISABLED: { description: 'Answers with a 503 page. Ægir: -1.' },
    DELETED: { description: 'Ægir: -2.' },
  },
});

export const SiteNameStatusEnum = enumOf(SITE_NAME_STATUSES);
registerEnumType(SiteNameStatusEnum, {
  name: 'AliasStatus',
  valuesMap: {
    PENDING: { description: 'Wanted, not served yet.' },
    LIVE: { description: 'Served.' },
    REMOVING: { description: 'Still served, or being taken down.' },
  },
});

export const CoverageStateEnum = enumOf(['COVERED', 'PENDING', 'BLOCKED']);
registerEnumType(CoverageStateEnum, { name: 'CoverageState' });

@ObjectType('Alias', { description: 'Another hostname of a site.' })
export class AliasType {
  @Field(() => String, { description: 'An A-label hostname, or a wildcard such as *.example.org.' })
  readonly name: string;

  @Field(() => String, { nullable: true, description: 'Where requests are redirected to; null: served itself.' })
  readonly redirectTo: string | null;

  @Field(() => SiteNameStatusEnum)
  readonly status: SiteNameStatus;
}

@ObjectType('NameCoverage', { description: 'Whether a certificate covers a name: computed, never assumed (RFC 9525).' })
export class NameCoverageType {
  @Field(() => String)
  readonly name: string;

  @Field(() => CoverageStateEnum)
  readonly state: 'COVERED' | 'PENDING' | 'BLOCKED';

  @Field(() => ID, { nullable: true })
  readonly certificateId?: string;

  @Field(() => String, { nullable: true, description: 'Why it is not covered, as a word.' })
  readonly reason?: string;

  @Field(() => String, { nullable: true, description: 'Why it is not covered, and what to do.' })
  readonly message?: string;
}

@ObjectType('Site', { implements: () => [NodeInterface], description: 'One site of a client on a platform.' })
export class SiteType {
  @Field(() => ID)
  readonly id: string;

  @Field(() => String, { description: 'Its main name.' })
  readonly uri: string;

  @Field(() => HttpsModeEnum)
  readonly https: HttpsMode;

  @Field(() => Int, {
    nullable: true,
    description:
      'Seconds for which browsers are told to use HTTPS only (HSTS); 0 takes that back; null: nothing is said.',
  })
  readonly hstsMaxAge: number | null;

  @Field(() => Date, {
    nullable: true,
    description: 'Until when a browser may hold to an hstsMaxAge that was greater than the one of now.',
  })
  readonly hstsPromisedUntil: Date | null;

  @Field(() => String, {
    nullable: true,
    description: "Socket of the PHP-FPM pool that runs this site; null: its server's phpSocket, if it needs one.",
  })
  readonly phpSocket: string | null;

  @Field(() => SiteStatusEnum)
  readonly status: SiteStatus;

  @Field(() => Int, { nullable: true, description: 'What its front page answered at the last verification.' })
  readonly httpStatus: number | null;

  @Field(() => String, { nullable: true, description: 'SPKI hash of the certificate that it was seen to serve.' })
  readonly servedCertificate: string | null;

  @Field(() => Date, { nullable: true })
  readonly verifiedAt: Date | null;

  @Field(() => Date)
  readonly createdAt: Date;
}

@ObjectType()
export class SiteConnection extends Paginated(SiteType) {}
