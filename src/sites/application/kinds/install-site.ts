import { Injectable } from '@nestjs/common';
import type { Operation, OperationKind, OperationPlan } from '../../../operations/index.js';
import { applyPlan, type SiteState } from '../../domain/site-plan.js';
import { APPLY_TASKS, SITE_TIMEOUT_MS } from '../../domain/site-tasks.js';
import { SiteStateLoader } from '../site-state-loader.js';

/** `site.install`: the site is served for the first time. */
@Injectable()
export class InstallSiteKind implements OperationKind<SiteState> {
  readonly name = 'site.install';
  readonly tasks = APPLY_TASKS;
  readonly timeoutMs = SITE_TIMEOUT_MS;

  constructor(private readonly loader: SiteStateLoader) {}

  load(operation: Operation): Promise<SiteState> {
    return this.loader.load(operation);
  }

  plan(state: SiteState): OperationPlan {
    return applyPlan(state, 'ENABLED');
  }
}
