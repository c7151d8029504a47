import { Module, type OnModuleInit } from '@nestjs/common';
import { NodeRegistry } from '../../graphql/index.js';
import { FindServers } from '../application/find-servers.js';
import { ServersModule } from '../servers.module.js';
import { ServerResolver } from './server.resolver.js';

@Module({ imports: [ServersModule], providers: [ServerResolver] })
export class ServersGraphqlModule implements OnModuleInit {
  constructor(
    private readonly nodes: NodeRegistry,
    private readonly find: FindServers,
  ) {}

  onModuleInit(): void {
    this.nodes.add({
      typeName: 'Server',
      load: async (id, actor) => (actor.role === 'OPERATOR' ? this.find.one(id) : null),
    });
  }
}
