import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FaultPlan } from './fault-plan.js';
import type { FaultRule } from './faults.js';
import { management } from './http/management.js';
import { Nonces } from './http/nonces.js';
import { makeServer, type Seen } from './http/server.js';
import { IssuedCertificates } from './issued-certificates.js';
import { Certifier } from './pki/certifier.js';
import { makeListenerCertificate } from './pki/listener-certificate.js';
import { LETS_ENCRYPT_PROFILES, type Profiles } from './profile.js';
import { Random } from './random.js';
import { RateLimits, type RateLimitOptions } from './rate-limits.js';
import { RequestLimits } from './request-limits.js';
import type { CaOptions, CaState } from './state.js';
import { MapResolver, type Resolver } from './validation/resolver.js';
import { surroundings } from './validation/validate.js';
import { VirtualClock } from './virtual-clock.js';

export interface ChaosCaOptions extends Partial<CaOptions> {
  /** On 127.0.0.1; 0, the default, is any free one. */
  readonly port?: number;
  readonly seed?: number;
  /** Runs with the machine's time when not given. */
  readonly clock?: VirtualClock;
  readonly profiles?: Profiles;
  readonly faults?: readonly FaultRule[];
  /** None when not given; `{}` is Let's Encrypt's in production. */
  readonly limits?: RateLimitOptions;
  /** Whether requests per second are limited too. */
  readonly limitsRequests?: boolean;
  /** Every name is at 127.0.0.1 when not given. */
  readonly resolver?: Resolver;
  /** Where the CA finds ports 80 and 443 of the world. */
  readonly httpPort?: number;
  readonly tlsPort?: number;
  readonly blockedNames?: readonly string[];
}

/** A running CA. Everything that it knows can be looked at and changed while it runs. */
export interface ChaosCa {
  readonly directoryUrl: string;
  /** PEM of what its own TLS certificate leads to: for `ca` of a client. */
  readonly listenerRoot: string;
  /** The same in a file. */
  readonly listenerRootPath: string;
  readonly state: CaState;
  readonly clock: VirtualClock;
  readonly faults: FaultPlan;
  /** Of `CaState`, when DNS is a map. */
  readonly dns: MapResolver;
  /** Every ACME request that was decided on, in order. */
  readonly requests: readonly Seen[];
  stop(): Promise<void>;
}

/** An RFC 8555 server on loopback, with every fault switched off until it is asked for. */
export async function startChaosCa(options: ChaosCaOptions = {}): Promise<ChaosCa> {
  const { seed = 1, clock = VirtualClock.running(), resolver = new MapResolver() } = options;
  const requests: Seen[] = [];
  const listener = await makeListenerCertificate();
  const current: { state?: CaState } = {};
  const stateNow = (): CaState => current.state!;
  const server = makeServer(stateNow, {
    tls: listener,
    requestLimits: options.limitsRequests === true ? new RequestLimits(clock) : undefined,
    sideDoor: management(stateNow),
    onRequest: (seen) => void requests.push(seen),
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const baseUrl = `https://localhost:${(server.address() as AddressInfo).port}`;
  const state = await makeState(baseUrl, options, { seed, clock, resolver });
  current.state = state;
  const directory = await mkdtemp(join(tmpdir(), 'hler-chaos-ca-'));
  const listenerRootPath = join(directory, 'listener-root.pem');
  await writeFile(listenerRootPath, listener.root);
  return {
    directoryUrl: `${baseUrl}/directory`,
    listenerRoot: listener.root,
    listenerRootPath,
    state,
    clock,
    faults: state.faults,
    dns: resolver instanceof MapResolver ? resolver : new MapResolver(),
    requests,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

interface Given {
  readonly seed: number;
  readonly clock: VirtualClock;
  readonly resolver: Resolver;
}

async function makeState(baseUrl: string, options: ChaosCaOptions, { seed, clock, resolver }: Given): Promise<CaState> {
  const random = new Random(seed);
  const certifier = await Certifier.make(random, clock);
  const caaIdentities = options.caaIdentities ?? ['chaos.test'];
  return {
    baseUrl,
    clock,
    random,
    certifier,
    options: {
      termsOfService: options.termsOfService ?? `${baseUrl}/terms/v1`,
      website: options.website ?? baseUrl,
      caaIdentities,
      externalAccounts: options.externalAccounts ?? {},
    },
    faults: new FaultPlan(new Random(seed + 1), options.faults),
    nonces: new Nonces(new Random(seed + 2)),
    desk: {
      clock,
      profiles: options.profiles ?? LETS_ENCRYPT_PROFILES,
      certificates: new IssuedCertificates(),
      limits: options.limits && new RateLimits(clock, options.limits),
      authorityKeyIds: certifier.authorityKeyIds,
      blockedNames: options.blockedNames ?? [],
      unpauseUrl: `${baseUrl}/sfe/v1/unpause`,
    },
    surroundings: surroundings({
      resolver,
      ports: { http: options.httpPort ?? 80, https: options.tlsPort ?? 443 },
      caaIdentities,
      now: () => clock.now(),
    }),
    accounts: new Map(),
    authorizations: new Map(),
    orders: new Map(),
    certificates: new Map(),
    blockedKeys: new Set(),
  };
}
