import { decodeJwt, generalDecrypt, type GeneralJWE } from 'jose';
import { expect, it } from 'vitest';
import { aDirectory } from '../../test/support/an-order.js';
import type { Report } from '../operations/domain/order.js';
import { ENCRYPTION_ALGORITHM, importKey, newPartyKeys } from '../queue/key-files.js';
import { MemoryMessageQueue } from '../queue/memory-message-queue.js';
import { relayQueue } from '../queue/queue-names.js';
import { newId } from '../shared/ids.js';
import { RunnerIdentity } from './identity.js';
import { ReportSender } from './report-sender.js';

/** What the relay finds in the queue of this server. */
async function sent(report: Report): Promise<{ readonly validForS: number; readonly body: unknown }> {
  const { encryption } = await newPartyKeys();
  const identity = await RunnerIdentity.load(await aDirectory());
  const queue = new MemoryMessageQueue();
  await new ReportSender(queue, identity, await importKey(encryption.publicKey, ENCRYPTION_ALGORITHM)).send(report);
  const message = await new Promise<string>((resolve) => {
    queue.consume(relayQueue(identity.serverId), 1, async (text) => resolve(text));
  });
  const key = await importKey(encryption.privateKey, ENCRYPTION_ALGORITHM);
  const { plaintext } = await generalDecrypt(JSON.parse(message) as GeneralJWE, key);
  const { iat, exp, body } = decodeJwt(new TextDecoder().decode(plaintext));
  return { validForS: exp! - iat!, body };
}

it('says for a minute only that an operation is alive, so that nobody can say it again later', async () => {
  const heartbeat: Report = { type: 'heartbeat', operations: [{ id: newId(), attempt: 1 }] };
  expect(await sent(heartbeat)).toEqual({ validForS: 60, body: heartbeat });
});

it('lets progress wait for a week, with lines no longer than the control plane keeps', async () => {
  const line = { n: 1, at: '2026-01-01T00:00:00.000Z', type: 'log', task: null, level: 'INFO' } as const;
  const report = (message: string): Report => ({
    type: 'progress',
    operations: [{ operationId: '01890000-0000-7000-8000-000000000000', attempt: 1, events: [{ ...line, message }] }],
  });
  expect(await sent(report('x'.repeat(9_000)))).toEqual({
    validForS: 7 * 24 * 3600,
    body: report('x'.repeat(4_000)),
  });
});
