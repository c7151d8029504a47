import { readFile } from 'node:fs/promises';
import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderSchema } from '../../src/cli/render-schema.js';
import { ControlPlaneRootModule } from '../../src/control-plane-root.module.js';
import { makeStateDirectories } from '../../src/private-services/state-directories.js';
import { startTestMariadb, type TestMariadb } from '../support/private-mariadb.js';
import { startTestRedis, type TestRedis } from '../support/private-redis.js';
import { aPrivateRoot, type PrivateRoot } from '../support/private-root.js';

let mariadb: TestMariadb;
let redis: TestRedis;
let root: PrivateRoot;
let app: NestFastifyApplication;

beforeAll(async () => {
  [mariadb, redis, root] = await Promise.all([startTestMariadb(), startTestRedis(), aPrivateRoot()]);
  await makeStateDirectories(root.config.paths);
  app = await NestFactory.create<NestFastifyApplication>(
    ControlPlaneRootModule.forRoot({
      api: true,
      relay: false,
      graphiql: false,
      renewalEveryMs: 20_000,
      databaseUrl: mariadb.url,
      redisUrl: redis.url,
      keysDirectory: root.config.paths.keys,
      localEnrolment: null,
    }),
    new FastifyAdapter({ forceCloseConnections: true }),
    { logger: false, abortOnError: false },
  );
  await app.init();
});

afterAll(async () => {
  await app?.close();
  await Promise.all([mariadb?.stop(), redis?.stop(), root?.remove()]);
});

describe('schema.gql', () => {
  it('is the schema of the running API, which has every resolver', async () => {
    const running = printSchema(lexicographicSortSchema(app.get(GraphQLSchemaHost).schema));
    const rendered = await renderSchema();
    expect(rendered.replace(/^#.*\n\n/, '').trim()).toBe(running.trim());
  });

  it('is committed as the code says (npm run build && npm run schema)', async () => {
    expect(await readFile(new URL('../../schema.gql', import.meta.url), 'utf8')).toBe(await renderSchema());
  });
});
