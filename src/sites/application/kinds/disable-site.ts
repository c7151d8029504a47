import { Injectable } from '@nestjs/common';
import type { Operation, OperationKind, OperationPlan } from '../../../operations/index.js';
import { applyPlan, type SiteState } from '../../domain/site-plan.js';
import { APPLY_TASKS, SITE_TIMEOUT_MS } from '../../domain/site-tasks.js';
import { SiteStateLoader } from '../site-state-loader.js';

/** `site.disable`: the site answers with our 503 page; nothing of it is removed. */
@Injectable()
export class DisableSiteKind implements OperationKind<SiteState> {
  readonly name = 'site.disable';
  readonly tasks = APPLY_TASKS;
  readonly timeoutMs = SITE_TIMEOUT_MS;

  constructor(private readonly loader: SiteStateLoader) {}

  load(operation: Operation): Promise<SiteState> {
    return this.loader.load(operation);
  }

  plan(state: SiteState): OperationPlan {
    return applyPlan(state, 'DISABLED');
  }
}
