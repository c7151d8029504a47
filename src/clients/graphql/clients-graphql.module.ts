import { Module, type OnModuleInit } from '@nestjs/common';
import { NodeRegistry } from '../../graphql/index.js';
import { FindClients } from '../application/find-clients.js';
import { ClientsModule } from '../clients.module.js';
import { ClientResolver } from './client.resolver.js';

@Module({ imports: [ClientsModule], providers: [ClientResolver] })
export class ClientsGraphqlModule implements OnModuleInit {
  constructor(
    private readonly nodes: NodeRegistry,
    private readonly find: FindClients,
  ) {}

  onModuleInit(): void {
    this.nodes.add({ typeName: 'Client', load: (id, actor) => this.find.one(id, actor) });
  }
}
