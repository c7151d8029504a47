import { Field, ID, ObjectType, registerEnumType } from '@nestjs/graphql';
import { NodeInterface, Paginated, enumOf } from '../../graphql/index.js';
import {
  APPLICATIONS,
  PLATFORM_STATUSES,
  type Application,
  type PlatformSource,
  type PlatformStatus,
} from '../domain/platform.js';

export const ApplicationEnum = enumOf(APPLICATIONS);
registerEnumType(ApplicationEnum, {
  name: 'Application',
  valuesMap: {
    STATIC: { description: 'Files, served as they are.' },
    DRUPAL: {
      description:
        'A code base of Drupal 7 to 11, recognised by its own version file, with or without a docroot of its own (web/, docroot/). A site on it is its directory sites/<uri>, served through PHP-FPM.',
    },
  },
});

export const PlatformStatusEnum = enumOf(PLATFORM_STATUSES);
registerEnumType(PlatformStatusEnum, {
  name: 'PlatformStatus',
  valuesMap: {
    QUEUED: { description: 'Not verified yet. Ægir: 0.' },
    ENABLED: { description: 'Takes sites. Ægir: 1.' },
    LOCKED: { description: 'Keeps its sites, takes no new ones. Ægir: -1.' },
    DELETED: { description: 'Ægir: -2.' },
  },
});

export const PlatformSourceTypeEnum = enumOf(['EXISTING_PATH']);
registerEnumType(PlatformSourceTypeEnum, {
  name: 'PlatformSourceType',
  valuesMap: { EXISTING_PATH: { description: 'A directory that is on the server already.' } },
});

@ObjectType('PlatformSource', { description: 'Where the code comes from.' })
export class PlatformSourceObject {
  @Field(() => PlatformSourceTypeEnum)
  readonly type: PlatformSource['type'];

  @Field(() => String, { description: 'Absolute path on the server (Ægir: publish_path).' })
  readonly path: string;
}

@ObjectType('Platform', {
  implements: () => [NodeInterface],
  description: 'A deployed code base on a server that sites run on.',
})
export class PlatformType {
  @Field(() => ID)
  readonly id: string;

  @Field(() => String)
  readonly name: string;

  @Field(() => ApplicationEnum)
  readonly application: Application;

  @Field(() => PlatformSourceObject)
  readonly source: PlatformSource;

  @Field(() => String, {
    nullable: true,
    description: 'Version of the application, such as 10.3.7, as the last verification recognised it.',
  })
  readonly version: string | null;

  @Field(() => String, { nullable: true, description: 'The directory that its sites are served from.' })
  readonly docroot: string | null;

  @Field(() => PlatformStatusEnum)
  readonly status: PlatformStatus;

  @Field(() => Date, { nullable: true })
  readonly verifiedAt: Date | null;

  @Field(() => Date)
  readonly createdAt: Date;
}

@ObjectType()
export class PlatformConnection extends Paginated(PlatformType) {}
