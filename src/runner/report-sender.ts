import type { CryptoKey } from 'jose';
import type { Report } from '../operations/domain/order.js';
import { seal } from '../queue/envelope.js';
import { MessageQueue } from '../queue/message-queue.js';
import { CONTROL_PLANE, RELAY_QUEUE } from '../queue/queue-names.js';
import { newId } from '../shared/ids.js';
import type { RunnerIdentity } from './identity.js';

/** Reports wait for the relay as long as it takes an administrator to notice that it stands still. */
const REPORT_VALID_FOR_S = 7 * 24 * 3600;

/** Seals reports for the relay and puts them into its queue. */
export class ReportSender {
  constructor(
    private readonly queue: MessageQueue,
    private readonly identity: RunnerIdentity,
    private readonly relayKey: CryptoKey,
  ) {}

  /** Resolves when the queue has it. @throws DomainError QUEUE_UNAVAILABLE */
  async send(report: Report): Promise<void> {
    const sealed = await seal(report, {
      issuer: this.identity.serverId,
      audience: CONTROL_PLANE,
      type: 'hler-report+jwt',
      signingKey: this.identity.signingKey,
      recipients: [this.relayKey],
      validForS: REPORT_VALID_FOR_S,
    });
    await this.queue.send(RELAY_QUEUE, reportId(report), JSON.stringify({ server: this.identity.serverId, sealed }));
  }
}

function reportId(report: Report): string {
  if (report.type === 'heartbeat') {
    return newId();
  }
  return `${report.operationId}-${report.attempt}-${report.events[0]?.n ?? 0}-${report.events.at(-1)?.n ?? 0}`;
}
