import { Injectable } from '@nestjs/common';
import { RenewalEvents } from '../events/renewal-events.js';
import { SettleOrders } from '../rate-limits/settle-orders.js';
import { RequestHandshakes } from './request-handshakes.js';

/** What the scheduler does beside looking at certificates, at every tick. */
@Injectable()
export class SchedulerChores {
  constructor(
    private readonly handshakes: RequestHandshakes,
    private readonly settleOrders: SettleOrders,
    private readonly events: RenewalEvents,
  ) {}

  /** Before certificates are looked at: what was counted for orders that have ended is right again. */
  async before(): Promise<void> {
    await this.settleOrders.execute();
  }

  async after(now: Date): Promise<void> {
    await this.handshakes.execute(now);
    await this.events.removeOld();
  }
}
