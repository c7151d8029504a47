import type { CryptoKey } from 'jose';
import type { Report } from '../operations/domain/order.js';
import type { RunnerEvent } from '../operations/domain/runner-event.js';
import { seal } from '../queue/envelope.js';
import { MessageQueue } from '../queue/message-queue.js';
import { CONTROL_PLANE, relayQueue } from '../queue/queue-names.js';
import { newId } from '../shared/ids.js';
import type { RunnerIdentity } from './identity.js';

/**
 * Progress waits for the relay as long as it takes an administrator to notice that it stands still. A heartbeat is worth
 * something only now: replayed, it would keep alive what is dead.
 */
const VALID_FOR_S = { progress: 7 * 24 * 3600, heartbeat: 60 } as const satisfies Record<Report['type'], number>;
/** As much of a line as the control plane keeps. */
const MAX_LOG_LENGTH = 4_000;

/** Seals reports for the relay and puts them into its queue. */
export class ReportSender {
  constructor(
    private readonly queue: MessageQueue,
    private readonly identity: RunnerIdentity,
    private readonly relayKey: CryptoKey,
  ) {}

  /** Resolves when the queue has it. @throws DomainError QUEUE_UNAVAILABLE */
  async send(report: Report): Promise<void> {
    const sealed = await seal(withShortLines(report), {
      issuer: this.identity.serverId,
      audience: CONTROL_PLANE,
      type: 'hler-report+jwt',
      signingKey: this.identity.signingKey,
      recipients: [this.relayKey],
      validForS: VALID_FOR_S[report.type],
    });
    await this.queue.send(relayQueue(this.identity.serverId), newId(), sealed);
  }
}

function withShortLines(report: Report): Report {
  if (report.type === 'heartbeat') {
    return report;
  }
  const operations = report.operations.map((progress) => ({ ...progress, events: progress.events.map(shortened) }));
  return { ...report, operations };
}

function shortened(event: RunnerEvent): RunnerEvent {
  return event.type === 'log' ? { ...event, message: event.message.slice(0, MAX_LOG_LENGTH) } : event;
}
