import { setTimeout as sleep } from 'node:timers/promises';
import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { isSpki } from '../../src/certificates/domain/spki.js';
import type { HttpServerSpec } from '../../src/consumers/index.js';
import type { FieldUpdate } from '../../src/operations/domain/task.js';
import { defineTask } from '../define-task.js';
import { ask } from '../http/ask.js';
import { concrete } from '../http/render-changes.js';
import { inParallel } from '../http/verify.js';
import type { TaskContext } from '../protocol.js';
import { findStored, spkiInForce } from '../tls/stored-generation.js';

const input = z.object({
  server: z.object({ paths: z.object({ tls: z.string().startsWith('/') }) }).loose(),
  served: z.array(
    z.object({ certificateId: z.uuid(), spki: z.string().refine(isSpki), names: z.array(z.string()).min(1) }),
  ),
});
type Served = z.infer<typeof input>['served'][number];

const TIMEOUT_MS = 10_000;
/** A renewal stores first and reloads after that: what differs is looked at again before anybody is alarmed. */
const PATIENCE_MS = 20_000;
const PAUSE_MS = 1_000;

/**
 * Shakes hands for each name of each certificate on the server's own address, over new connections, and compares the certificate
 * that is shown with the one that is in force in the store at that moment: it may have been renewed, with another key, since this was
 * planned. Reports the field `servedProblem` of each: a sentence, or null. Changes nothing and does
 * not fail: what is found is for the certificate's alarm. Cancellable.
 */
export default defineTask({
  name: 'certificate.handshake',
  input,
  async run({ server, served }, context) {
    const spec = server as unknown as HttpServerSpec;
    const until = performance.now() + PATIENCE_MS;
    const fields = await inParallel(served, async (one): Promise<FieldUpdate> => {
      const problem = await problemOf(one, spec, until, context);
      if (problem !== null) {
        context.log('WARNING', problem);
      }
      return { subject: 'certificate', id: one.certificateId, fields: { servedProblem: problem } };
    });
    return { status: 'NOTHING_TO_DO', fields };
  },
});

async function problemOf(
  served: Served,
  server: HttpServerSpec,
  until: number,
  { signal }: TaskContext,
): Promise<string | null> {
  for (;;) {
    const problem = await lookOnce(served, server);
    if (problem === null || signal.aborted || performance.now() + PAUSE_MS > until) {
      return problem;
    }
    await sleep(PAUSE_MS);
  }
}

async function lookOnce(served: Served, server: HttpServerSpec): Promise<string | null> {
  const { tls } = server.paths;
  const stored = await storedFingerprint(tls, served).catch(() => undefined);
  if (stored === undefined) {
    return `The certificate for ${served.names[0] ?? ''} is not stored in ${tls} any more, or cannot be read.`;
  }
  for (const name of served.names) {
    const { fingerprint, error } = await ask(server, { scheme: 'https', name: concrete(name), path: '/' }, TIMEOUT_MS);
    if (fingerprint === null) {
      return `${name} shows no certificate (${error ?? 'no TLS'}).`;
    }
    if (fingerprint !== stored) {
      return `${name} shows another certificate than the one that is stored.`;
    }
  }
  return null;
}

async function storedFingerprint(tlsDirectory: string, { certificateId, spki }: Served): Promise<string | undefined> {
  const stored = await findStored(tlsDirectory, (await spkiInForce(tlsDirectory, certificateId)) ?? spki);
  return stored && new X509Certificate(stored.certificatePem).fingerprint256;
}
