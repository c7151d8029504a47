import { Module, type DynamicModule } from '@nestjs/common';
import { ApiModule, type ApiOptions } from './api.module.js';
import { ControlPlaneModule, type ControlPlaneOptions } from './control-plane.module.js';
import { RelayModule } from './relay.module.js';

/** What one process of the control plane is made of. */
export interface ControlPlaneRoles extends ControlPlaneOptions, ApiOptions {
  readonly api: boolean;
  readonly relay: boolean;
}

/** The control plane's roles in one process: `api`, `relay`, or both for `hler up`. */
@Module({})
export class ControlPlaneRootModule {
  static forRoot(options: ControlPlaneRoles): DynamicModule {
    return {
      module: ControlPlaneRootModule,
      imports: [
        ControlPlaneModule.forRoot(options),
        ...(options.relay ? [RelayModule] : []),
        ...(options.api ? [ApiModule.forRoot(options)] : []),
      ],
    };
  }
}
