/** One server of the comparison, in a process of its own: `server.ts hler | mercurius`, driven over IPC by run.ts. */
import { Global, Module, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { graphqlModule } from '../../src/graphql/index.js';
import type { Actor } from '../../src/shared/actor.js';
import { Authenticator } from '../../src/shared/authenticator.js';
import { BenchResolver } from './schema.js';

const OPERATOR: Actor = { tokenId: 'bench', role: 'OPERATOR', clientId: null, label: 'bench' };

class EverybodyIsOperator extends Authenticator {
  override async authenticate(): Promise<Actor> {
    return OPERATOR;
  }

  override async isStillValid(): Promise<boolean> {
    return true;
  }
}

@Global()
@Module({ providers: [{ provide: Authenticator, useClass: EverybodyIsOperator }], exports: [Authenticator] })
class AuthenticationModule {}

class BenchModule {}

async function moduleOf(server: string | undefined): Promise<DynamicModule> {
  const graphql = server === 'mercurius' ? await mercuriusModule() : graphqlModule();
  return { module: BenchModule, imports: [AuthenticationModule, graphql], providers: [BenchResolver] };
}

async function mercuriusModule(): Promise<DynamicModule> {
  const rival: string = '@nestjs/mercurius';
  const { MercuriusDriver }: { MercuriusDriver: Type } = await import(rival);
  return GraphQLModule.forRoot({ driver: MercuriusDriver, autoSchemaFile: true });
}

const app = await NestFactory.create<NestFastifyApplication>(await moduleOf(process.argv[2]), new FastifyAdapter(), {
  logger: false,
});
await app.listen(0, '127.0.0.1');

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicroseconds: user + system, rssBytes: process.memoryUsage.rss() });
});
process.on('disconnect', () => process.exit());
process.send?.({ url: `${await app.getUrl()}/graphql` });
