import type { ConsumerName, HttpServerSpec, VhostSpec } from '../../src/consumers/index.js';
import { httpServerSpec } from '../../src/servers/domain/http-server-spec.js';
import type { Server } from '../../src/servers/domain/server.js';
import { tlsFrontOf } from '../../src/servers/domain/tls-front.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { newId } from '../../src/shared/ids.js';
import { wantedNames } from '../../src/sites/domain/aliases.js';
import { specAtFront } from '../../src/sites/domain/behind-front.js';
import { vhostSpec } from '../../src/sites/domain/site-plan.js';
import type { SeededRandom } from '../support/seeded-random.js';
import { hostileName, hostilePath, hostileToken, orOddType } from './hostile-values.js';
import type { MemoryApi } from './memory-api.js';

export interface Accepted {
  readonly server: HttpServerSpec;
  readonly site: VhostSpec;
}

const SITE_MODES = ['DISABLED', 'ENABLED', 'REQUIRED'] as const;

/** How often each refused code was met, so that a run can say that it tried both sides. */
export type Refusals = Map<string, number>;

export function countRefusal(refusals: Refusals, error: unknown): void {
  if (!(error instanceof DomainError) || error.code === 'INTERNAL') {
    throw error;
  }
  refusals.set(error.code, (refusals.get(error.code) ?? 0) + 1);
}

/** What a site of these inputs would be rendered from; undefined when one of the mutations that make it is refused. */
export async function tryCase(
  random: SeededRandom,
  api: MemoryApi,
  consumer: ConsumerName,
  certificates: readonly string[],
  refusals: Refusals,
): Promise<Accepted | undefined> {
  api.forget();
  try {
    const server = await api.registerServer({ name: 'web1', enrolment: hostileEnrolment(random, consumer) });
    const application = random.pick(['STATIC', 'DRUPAL'] as const);
    const version = application === 'DRUPAL' ? random.pick(['7.98', '8.9.20', '9.5.11', '10.3.7', '11.1.0']) : null;
    const platform = await api.createPlatform(
      {
        name: 'hello',
        serverId: server.id,
        application,
        source: { type: 'EXISTING_PATH', path: orOddType(random, hostilePath(random)) },
      },
      version,
    );
    const site = await api.createSite(hostileSite(random, { server, platformId: platform.id, application, api }));
    await changeNames(random, api, site.id, refusals);
    const finished = api.site(site.id);
    const coverage = wantedNames(finished).map(({ name }) =>
      random.chance(0.2)
        ? ({ name, state: 'PENDING', certificateId: newId() } as const)
        : ({ name, state: 'COVERED', certificateId: newId(), spki: random.pick(certificates) } as const),
    );
    const state = { site: finished, platform, server, coverage, toIssue: null };
    const spec = vhostSpec(state, random.chance(0.1) ? 'DISABLED' : 'ENABLED');
    const front = tlsFrontOf(server);
    return front === null
      ? { server: httpServerSpec(server), site: spec }
      : { server: front.spec, site: specAtFront(spec, front) };
  } catch (error) {
    countRefusal(refusals, error);
    return undefined;
  }
}

interface Around {
  readonly server: Server;
  readonly platformId: string;
  readonly application: 'STATIC' | 'DRUPAL';
  readonly api: MemoryApi;
}

function hostileSite(random: SeededRandom, { server, platformId, application, api }: Around): object {
  const sockets = server.phpSocket?.slice(0, server.phpSocket.lastIndexOf('/')) ?? '/run/php';
  const socket = application === 'DRUPAL' && random.chance(0.5) ? hostilePath(random, { below: sockets }) : undefined;
  // One level below the directory, as it must be, more often than not.
  const phpSocket = socket === undefined || random.chance(0.2) ? socket : `${sockets}/${socket.split('/').at(-1)}`;
  return {
    uri: orOddType(random, hostileName(random)),
    clientId: api.clientId,
    platformId,
    https: orOddType(random, random.pick(SITE_MODES)),
    aliases: random.list(4, () => ({
      name: hostileName(random, { wildcard: random.chance(0.2), share: 0.05 }),
      redirect: random.chance(0.3),
    })),
    ...(phpSocket === undefined ? {} : { phpSocket }),
  };
}

/** More names and redirects, each of which may be refused without the others. */
async function changeNames(random: SeededRandom, api: MemoryApi, siteId: string, refusals: Refusals): Promise<void> {
  for (let times = random.below(3); times > 0; times -= 1) {
    const names = api.site(siteId).names.map(({ name }) => name);
    try {
      if (random.chance(0.5)) {
        await api.addAlias({ siteId, name: hostileName(random), redirect: random.chance(0.3) });
      } else {
        const redirectTo = random.chance(0.6) ? random.pick(names) : orOddType(random, hostileName(random));
        await api.setRedirect({ siteId, name: random.pick(names), redirectTo });
      }
    } catch (error) {
      countRefusal(refusals, error);
    }
  }
}

const ADDRESSES = ['127.0.0.1', '*', '[::]', '[::1]', '10.1.2.3', '[2001:db8::1]'] as const;
const ODD_ADDRESSES = [
  '999.1.1.1',
  '[::',
  '[:]',
  '[1:2]',
  'unix:/x',
  '127.0.0.1; }',
  '0.0.0.0:81',
  '[::1]:80',
] as const;

const BACKENDS = ['127.0.0.1', '192.0.2.7', '[2001:db8::7]', '[::1]'] as const;

/** Addresses, because a name would be looked up by whoever reads it. */
function hostileBackend(random: SeededRandom): object {
  return {
    address: random.chance(0.02) ? random.pick(ODD_ADDRESSES) : random.pick(BACKENDS),
    port: random.chance(0.01) ? random.pick([0, 65_536, '80']) : 1 + random.below(65_535),
    https: random.chance(0.2) ? { serverName: hostileName(random), caFile: null } : null,
  };
}

/** What a runner says of itself; whoever holds the operator's token may paste anything. */
function hostileEnrolment(random: SeededRandom, consumer: ConsumerName): object {
  const path = (): string => hostilePath(random, { share: 0.01, below: '/var/lib' });
  const port = (): unknown =>
    random.chance(0.01) ? random.pick([0, 65_536, 80.5, '80', -1]) : 1 + random.below(65_535);
  const key = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' };
  return {
    serverId: newId(),
    signingKey: key,
    encryptionKey: key,
    queuePasswordSha256: hostileToken(random, '0123456789abcdef', 64, 0.01),
    http: {
      consumer: 'nginx',
      addresses: [
        random.chance(0.04) ? random.pick(ODD_ADDRESSES) : random.pick(ADDRESSES),
        ...random.list(1, () => random.pick(ADDRESSES)),
      ],
      httpPort: random.chance(0.3) ? 80 : port(),
      httpsPort: random.chance(0.3) ? 443 : port(),
      workerUser: random.chance(0.2) ? null : hostileToken(random, 'abcdefghijklmnopqrstuvwxyz', 8, 0.02),
      ...(consumer === 'pound' && {
        front: { consumer, backendPort: port(), backends: random.list(3, () => hostileBackend(random)) },
      }),
      paths: { config: path(), tls: path(), staging: path(), run: path(), log: path() },
    },
    platformRoots: ['/srv'],
    stateDirectory: path(),
    phpSocket: `/run/php/${random.chance(0.02) ? hostilePath(random) : 'php-fpm.sock'}`,
  };
}
