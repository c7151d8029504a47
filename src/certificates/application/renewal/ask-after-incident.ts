import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../../shared/clock.js';
import { UnitOfWork } from '../../../shared/unit-of-work.js';
import { ASK_ALL_WITHIN_MS } from '../../domain/renewal/incident.js';
import { RenewalStore } from './renewal-store.js';

/**
 * What a CA announces of one certificate it may mean of all: a revocation is often of thousands. Its other certificates are asked about
 * within a quarter of an hour, which is begun anew no more often than that. What this process remembers of it may be lost: asking once more
 * does no harm.
 */
@Injectable()
export class AskAfterIncident {
  readonly #logger = new Logger('Renewal');
  readonly #begunAt = new Map<string, number>();

  constructor(
    private readonly renewals: RenewalStore,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async execute(directoryUrl: string): Promise<void> {
    const now = this.clock.now();
    const begunAt = this.#begunAt.get(directoryUrl);
    if (begunAt !== undefined && now.getTime() - begunAt <= ASK_ALL_WITHIN_MS) {
      return;
    }
    this.#begunAt.set(directoryUrl, now.getTime());
    try {
      await this.unitOfWork.run(() => this.renewals.askSoon(directoryUrl, now, ASK_ALL_WITHIN_MS));
      this.#logger.warn(
        `${directoryUrl} wants a certificate renewed before its time: it is asked about all others soon.`,
      );
    } catch (error) {
      this.#begunAt.delete(directoryUrl);
      throw error;
    }
  }
}
