import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { settlePorts, type Config } from '../config/index.js';
import { CONSUMERS, type Consumer, type ConsumerName, type HttpServerSpec } from '../consumers/index.js';
import { ControlPlaneRootModule } from '../control-plane-root.module.js';
import { HttpServerKeeper, PrivateServices } from '../private-services/index.js';
import { ControlPlaneKeys } from '../queue/control-plane-keys.js';
import { RedisConnections } from '../queue/redis-connections.js';
import { RedisQueueAccess } from '../queue/redis-queue-access.js';
import { RunnerIdentity } from '../runner/identity.js';
import { RunnerProcess } from '../runner/runner-process.js';
import { batchKeyOf } from '../servers/index.js';
import { Turns } from '../shared/turns.js';
import { findListener, findOrphans } from '../../workers/http/daemon.js';
import { realEffects, targetOf } from '../../workers/http/effects.js';
import { endOrphans } from '../../workers/http/end-orphans.js';
import { runCommand } from '../../workers/system/run-command.js';
import { enrolmentOf } from './enrolment.js';
import { nestLogger, serviceLog } from './nest-log.js';

/** Everything in one process, running. */
export interface Up {
  readonly app: NestFastifyApplication;
  readonly config: Config;
  readonly graphqlUrl: string;
  /** Stops everything that was started, in the order that loses nothing. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts api, relay and runner in this process, with private MariaDB, Redis and web server where none are given. When it
 * throws, what had been started is stopped.
 * @throws DomainError PORT_IN_USE, PROGRAM_MISSING, CONFIG_INVALID, DATABASE_UNAVAILABLE, QUEUE_UNAVAILABLE, DISK_FULL, READ_ONLY
 */
export async function up(given: Config): Promise<Up> {
  const undo: (() => Promise<unknown>)[] = [];
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= stopAll(undo));
  try {
    return { ...(await start(given, undo)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(given: Config, undo: (() => Promise<unknown>)[]): Promise<Omit<Up, 'stop'>> {
  const services = await PrivateServices.start(given, serviceLog('Services'));
  undo.push(() => services.stop());
  const identity = await RunnerIdentity.load(given.paths.keys);
  const turns = new Turns();
  const keepers = httpServerKeepers(given, (name, work) => turns.take(batchKeyOf(name, identity.serverId), work));
  const config = await settlePorts(given, (port) => anyOf(keepers, (keeper) => keeper.listensOn(port)));
  undo.push(() => Promise.all(keepers.map((keeper) => keeper.stop())));
  const controlPlane = await ControlPlaneKeys.load(config.paths.keys);
  const isPrivateRedis = given.redisUrl === null;
  if (isPrivateRedis) {
    await admitOwnRunner(services, identity);
  }

  const app = await NestFactory.create<NestFastifyApplication>(
    ControlPlaneRootModule.forRoot({
      api: true,
      relay: true,
      graphiql: config.graphiql,
      renewalEveryMs: config.renewalEveryMs,
      databaseUrl: services.databaseUrl,
      redisUrl: services.redisUrl,
      keysDirectory: config.paths.keys,
      localEnrolment: await enrolmentOf(config, identity),
    }),
    new FastifyAdapter({ forceCloseConnections: true }),
    { logger: nestLogger(config), abortOnError: false },
  );
  undo.push(() => app.close());
  const runner = new RunnerProcess({
    identity,
    controlPlane: controlPlane.publicKeys,
    redisUrl: services.redisUrl,
    ownRedisUser: isPrivateRedis,
    journalDirectory: `${config.paths.state}/operations`,
    concurrency: config.runnerConcurrency,
    threads: config.workerThreads,
    turns,
  });
  undo.push(() => runner.stop());
  // A start that finds its state serves again before it says that it is ready.
  await Promise.all(keepers.map((keeper) => keeper.look()));
  await app.listen(config.ports.HLER_API_PORT, config.apiHost);
  keepers.forEach((keeper) => keeper.start());
  await runner.start();
  return { app, config, graphqlUrl: `http://${urlHost(config.apiHost)}:${config.ports.HLER_API_PORT}/graphql` };
}

async function stopAll(undo: (() => Promise<unknown>)[]): Promise<void> {
  for (const stopOne of undo.splice(0).reverse()) {
    await stopOne();
  }
}

/** The runner in this process may use its queue before anybody has registered it. */
async function admitOwnRunner(services: PrivateServices, identity: RunnerIdentity): Promise<void> {
  const connections = new RedisConnections(services.redisUrl);
  try {
    await connections.ready();
    await new RedisQueueAccess(connections.client).grant(identity.serverId, identity.queuePasswordSha256);
  } finally {
    connections.close();
  }
}

async function anyOf<T>(items: readonly T[], isSo: (item: T) => Promise<boolean>): Promise<boolean> {
  return (await Promise.all(items.map(isSo))).includes(true);
}

type AloneOn = <T>(consumer: ConsumerName, work: () => Promise<T>) => Promise<T>;

/** The web server, and the front before it where there is one. */
function httpServerKeepers(config: Config, alone: AloneOn): readonly HttpServerKeeper[] {
  const spec = keptSpec(config);
  const { httpConsumer, httpDaemon, tlsConsumer } = config;
  // The machine's own web server is started and stopped by its init system.
  const names = [...(httpDaemon === 'own' ? [httpConsumer] : []), ...(tlsConsumer === null ? [] : [tlsConsumer])];
  return names.map((name) => keeperOf(CONSUMERS[name], spec, alone));
}

function keeperOf(consumer: Consumer, spec: HttpServerSpec, alone: AloneOn): HttpServerKeeper {
  const { name, commands, daemon } = consumer;
  const target = targetOf(consumer, spec);
  return new HttpServerKeeper(
    {
      name,
      configFile: daemon.configFile(spec),
      pidFile: daemon.pidFile(spec),
      start: commands.start(spec),
      stop: commands.stop(spec) ?? daemon.reloadSignal,
      isMaster: (commandLine) => daemon.isMaster(commandLine, spec),
      ...(daemon.isOneProcess === true ? { findMaster: () => findListener(target) } : {}),
      orphans: { find: () => findOrphans(target), end: () => endOrphans(target, realEffects) },
      alone: (work) => alone(name, work),
    },
    (command) => runCommand(command),
    serviceLog(name),
  );
}

/** As much of the server as starting, stopping and recognising its web server takes. */
function keptSpec({ paths, httpAddresses, ports }: Config): HttpServerSpec {
  const { config, tls, staging, run, log } = paths;
  return {
    serverId: '',
    addresses: httpAddresses,
    httpPort: ports.HLER_HTTP_PORT,
    httpsPort: ports.HLER_HTTPS_PORT,
    paths: { config, tls, staging, run, log },
    tlsGroups: [],
    acmeThumbprints: [],
    programVersion: null,
    workerUser: null,
  };
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
