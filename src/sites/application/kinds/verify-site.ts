import { Injectable } from '@nestjs/common';
import {
  dryRunOf,
  isDryRun,
  type Operation,
  type OperationKind,
  type OperationPlan,
} from '../../../operations/index.js';
import { applyPlan, type SiteState } from '../../domain/site-plan.js';
import { APPLY_TASKS, SITE_TIMEOUT_MS } from '../../domain/site-tasks.js';
import { SiteStateLoader } from '../site-state-loader.js';

/**
 * `site.verify`: whatever is wanted of the site is made so; nothing is touched where it is so already. As a dry run: the same
 * plan, looked at only.
 */
@Injectable()
export class VerifySiteKind implements OperationKind<SiteState> {
  readonly name = 'site.verify';
  readonly tasks = APPLY_TASKS;
  readonly timeoutMs = SITE_TIMEOUT_MS;

  constructor(private readonly loader: SiteStateLoader) {}

  load(operation: Operation): Promise<SiteState> {
    return this.loader.load(operation);
  }

  plan(state: SiteState, operation: Operation): OperationPlan {
    const plan = applyPlan(state, state.site.status === 'DISABLED' ? 'DISABLED' : 'ENABLED');
    return isDryRun(operation) ? dryRunOf(plan, ['http.apply']) : plan;
  }
}
