import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { loadConfig } from '../../config/index.js';
import { makeStateDirectories } from '../../private-services/index.js';
import { RunnerIdentity } from '../../runner/identity.js';
import { RunnerModule } from '../../runner.module.js';
import { readControlPlaneKeys } from '../control-plane-public-keys.js';
import { enrolmentOf } from '../enrolment.js';
import { nestLogger } from '../nest-log.js';
import { untilToldToStop } from '../until-told-to-stop.js';

/** `hler runner`: the work of this server, and no database credentials. */
export async function runRunner(): Promise<void> {
  const config = loadConfig('runner');
  Logger.overrideLogger(nestLogger(config));
  const stopped = untilToldToStop();
  await makeStateDirectories(config.paths);
  const redisUrl = config.redisUrl!;
  const app = await NestFactory.createApplicationContext(
    RunnerModule.forRoot({
      identity: await RunnerIdentity.load(config.paths.keys),
      controlPlane: await readControlPlaneKeys(config.paths.keys),
      redisUrl,
      // A URL that names a user was given by an administrator who made that user.
      ownRedisUser: new URL(redisUrl.reveal()).username === '',
      journalDirectory: `${config.paths.state}/operations`,
      concurrency: config.runnerConcurrency,
      threads: config.workerThreads,
    }),
    { logger: nestLogger(config), abortOnError: false },
  );
  await stopped;
  await app.close();
}

/** `hler runner enrolment` */
export async function printEnrolment(): Promise<void> {
  const config = loadConfig('runner');
  await makeStateDirectories(config.paths);
  const enrolment = await enrolmentOf(config, await RunnerIdentity.load(config.paths.keys));
  process.stdout.write(`${JSON.stringify(enrolment, null, 2)}\n`);
}
