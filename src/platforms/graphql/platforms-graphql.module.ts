import { Module, type OnModuleInit } from '@nestjs/common';
import { NodeRegistry } from '../../graphql/index.js';
import { FindPlatforms } from '../application/find-platforms.js';
import { PlatformsModule } from '../platforms.module.js';
import { PlatformResolver } from './platform.resolver.js';

@Module({ imports: [PlatformsModule], providers: [PlatformResolver] })
export class PlatformsGraphqlModule implements OnModuleInit {
  constructor(
    private readonly nodes: NodeRegistry,
    private readonly find: FindPlatforms,
  ) {}

  onModuleInit(): void {
    this.nodes.add({ typeName: 'Platform', load: (id, actor) => this.find.one(id, actor) });
  }
}
