import { Field, ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { NodeInterface, Paginated, SafeIntScalar, enumOf } from '../../graphql/index.js';
import { SERVER_STATUSES, type ServerStatus } from '../domain/server.js';

export const ServerStatusEnum = enumOf(SERVER_STATUSES);
registerEnumType(ServerStatusEnum, {
  name: 'ServerStatus',
  valuesMap: {
    QUEUED: { description: 'Registered, not verified yet. Ægir: 0.' },
    ENABLED: { description: 'Takes work. Ægir: 1.' },
    LOCKED: { description: 'Keeps what it has, takes nothing new. Ægir: -1.' },
    DELETED: { description: 'Ægir: -2.' },
  },
});

@ObjectType('TlsFront', { description: 'What takes TLS off before the web server, on the ports of the service.' })
export class TlsFrontType {
  @Field(() => String, { description: 'pound.' })
  readonly consumer: string;

  @Field(() => Int, { description: 'Where the web server of the same machine listens behind it, on 127.0.0.1.' })
  readonly backendPort: number;
}

@ObjectType('HttpService', { description: 'The web server of a server.' })
export class HttpServiceType {
  @Field(() => String, { description: 'nginx or apache.' })
  readonly consumer: string;

  @Field(() => [String])
  readonly addresses: readonly string[];

  @Field(() => Int)
  readonly httpPort: number;

  @Field(() => Int)
  readonly httpsPort: number;

  @Field(() => TlsFrontType, { nullable: true, description: 'Null: the web server takes TLS off itself.' })
  readonly front?: TlsFrontType | null;
}

@ObjectType('Server', { implements: () => [NodeInterface], description: 'A managed machine.' })
export class ServerType {
  @Field(() => ID)
  readonly id: string;

  @Field(() => String)
  readonly name: string;

  @Field(() => ServerStatusEnum)
  readonly status: ServerStatus;

  @Field(() => HttpServiceType)
  readonly http: HttpServiceType;

  @Field(() => [String], { description: 'Directories below which platforms may live.' })
  readonly platformRoots: readonly string[];

  @Field(() => String, {
    nullable: true,
    description: 'Where PHP-FPM listens for sites that name no socket of their own; theirs lie in the same directory.',
  })
  readonly phpSocket: string | null;

  @Field(() => String, { nullable: true, description: 'Version of the web server program.' })
  readonly programVersion: string | null;

  @Field(() => String, { nullable: true })
  readonly opensslVersion: string | null;

  @Field(() => [String], { description: 'Key exchange groups that its TLS library has, best first.' })
  readonly tlsGroups: readonly string[];

  @Field(() => SafeIntScalar, { nullable: true })
  readonly diskFreeBytes: number | null;

  @Field(() => Date, { nullable: true })
  readonly verifiedAt: Date | null;

  @Field(() => Date, { nullable: true, description: 'When its runner last gave a sign of life.' })
  readonly lastSeenAt: Date | null;

  @Field(() => Date)
  readonly createdAt: Date;
}

@ObjectType()
export class ServerConnection extends Paginated(ServerType) {}
