import { Injectable } from '@nestjs/common';
import type { Operation, OperationKind, OperationPlan } from '../../../operations/index.js';
import { removePlan, type SiteState } from '../../domain/site-plan.js';
import { APPLY_TASKS, SITE_TIMEOUT_MS } from '../../domain/site-tasks.js';
import { SiteStateLoader } from '../site-state-loader.js';

/** `site.delete`: the site is not served any more and its names are free. The code base and certificates stay. */
@Injectable()
export class DeleteSiteKind implements OperationKind<SiteState> {
  readonly name = 'site.delete';
  readonly tasks = APPLY_TASKS;
  readonly timeoutMs = SITE_TIMEOUT_MS;

  constructor(private readonly loader: SiteStateLoader) {}

  load(operation: Operation): Promise<SiteState> {
    return this.loader.load(operation);
  }

  plan(state: SiteState): OperationPlan {
    return removePlan(state);
  }
}
