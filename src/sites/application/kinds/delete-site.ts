import { Injectable } from '@nestjs/common';
import type { Operation, OperationKind, OperationPlan } from '../../../operations/index.js';
import type { PlacedSite } from '../../domain/site-application.js';
import { removePlan } from '../../domain/site-plan.js';
import { APPLY_TASKS, SITE_TIMEOUT_MS } from '../../domain/site-tasks.js';
import { SiteStateLoader } from '../site-state-loader.js';

/** `site.delete`: the site is not served any more and its names are free. The code base and certificates stay. */
@Injectable()
export class DeleteSiteKind implements OperationKind<PlacedSite> {
  readonly name = 'site.delete';
  readonly tasks = APPLY_TASKS;
  readonly timeoutMs = SITE_TIMEOUT_MS;

  constructor(private readonly loader: SiteStateLoader) {}

  /** Whether its platform ever came to be does not matter: its names must become free in any case. */
  load(operation: Operation): Promise<PlacedSite> {
    return this.loader.place(operation);
  }

  plan(state: PlacedSite): OperationPlan {
    return removePlan(state);
  }
}
