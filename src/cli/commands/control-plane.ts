import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { loadConfig } from '../../config/index.js';
import { ControlPlaneRootModule } from '../../control-plane-root.module.js';
import { makeStateDirectories } from '../../private-services/index.js';
import { ControlPlaneKeys } from '../../queue/control-plane-keys.js';
import { nestLogger } from '../nest-log.js';
import { untilToldToStop } from '../until-told-to-stop.js';

/** `hler api`, `hler relay`: one role of the control plane, on the database and Redis that the environment names. */
export async function runControlPlane(role: 'api' | 'relay'): Promise<void> {
  const config = loadConfig(role);
  Logger.overrideLogger(nestLogger(config));
  const stopped = untilToldToStop();
  await makeStateDirectories(config.paths);
  const root = ControlPlaneRootModule.forRoot({
    api: role === 'api',
    relay: role === 'relay',
    graphiql: config.graphiql,
    renewalEveryMs: config.renewalEveryMs,
    databaseUrl: config.databaseUrl!,
    redisUrl: config.redisUrl!,
    keysDirectory: config.paths.keys,
    localEnrolment: null,
  });
  const options = { logger: nestLogger(config), abortOnError: false };
  if (role === 'api') {
    const adapter = new FastifyAdapter({ forceCloseConnections: true });
    const app = await NestFactory.create<NestFastifyApplication>(root, adapter, options);
    await app.listen(config.ports.HLER_API_PORT, config.apiHost);
    await stopped;
    await app.close();
  } else {
    const app = await NestFactory.createApplicationContext(root, options);
    await stopped;
    await app.close();
  }
}

/** `hler control-plane keys` */
export async function printKeys(): Promise<void> {
  const config = loadConfig('up');
  await makeStateDirectories(config.paths);
  const keys = await ControlPlaneKeys.load(config.paths.keys);
  process.stdout.write(`${JSON.stringify(keys.publicKeys, null, 2)}\n`);
}
