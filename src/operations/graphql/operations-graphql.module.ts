import { Module, type OnModuleInit } from '@nestjs/common';
import { NodeRegistry } from '../../graphql/index.js';
import { FindOperations } from '../application/find-operations.js';
import { OperationResolver } from './operation.resolver.js';

@Module({ providers: [OperationResolver] })
export class OperationsGraphqlModule implements OnModuleInit {
  constructor(
    private readonly nodes: NodeRegistry,
    private readonly find: FindOperations,
  ) {}

  onModuleInit(): void {
    this.nodes.add({ typeName: 'Operation', load: (id, actor) => this.find.one(id, actor) });
  }
}
