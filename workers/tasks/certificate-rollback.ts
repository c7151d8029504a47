import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { fingerprintOf } from '../../src/certificates/domain/certificate-facts.js';
import { checkMaterial } from '../../src/certificates/domain/check-material.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { defineTask } from '../define-task.js';
import { inForce } from '../tls/certificate-result.js';
import { placeSchema, retractionSchema } from '../tls/place-schema.js';
import { readRevoked } from '../tls/revoked-certificates.js';
import type { StoredGeneration } from '../tls/stored-generation.js';
import type { RollbackRecord } from '../tls/tls-layout.js';
import { TlsStore } from '../tls/tls-store.js';

const input = placeSchema.extend({
  /** What it serves now, and what the earlier generation has to cover. */
  names: z.array(z.string()).max(1_000),
});
type Input = z.infer<typeof input>;

const undoData = z.object({ from: retractionSchema });

/**
 * Puts the generation in force that was in force before: one rename. Nothing is removed, so that the undo, or another upload, goes forward
 * again. Run twice by the same operation it goes back once. Errors: CERTIFICATE_ROLLBACK_IMPOSSIBLE with `details.reason` (NO_EARLIER_GENERATION, or
 * why the earlier pair cannot serve, such as EXPIRED or REVOKED), CERTIFICATE_FILES_INVALID, READ_ONLY.
 */
export default defineTask<Input>({
  name: 'certificate.rollback',
  input,

  async run(wanted, context) {
    const { certificateId } = wanted;
    const { operationId } = context;
    const store = await TlsStore.open(wanted);
    const begun = await store.findRollback(certificateId, operationId);
    const record = begun ?? (await decide(store, wanted, operationId));
    const stored = await store.rollBack(certificateId, record);
    context.log('INFO', `Generation ${stored.generation} is in force again, in ${stored.directory}.`);
    return inForce('SUCCESS', stored, { from: record.from });
  },

  async undo(wanted, undo, context) {
    const { from } = undoData.parse(undo);
    await (await TlsStore.open(wanted)).rollForward(wanted.certificateId, { from });
    context.log('INFO', `Generation ${from.generation} is in force again.`);
  },
});

async function decide(
  store: TlsStore,
  { certificateId, tlsDirectory, names }: Input,
  operationId: string,
): Promise<RollbackRecord> {
  const live = await store.findByCertificate(certificateId);
  const previous = await store.findPrevious(certificateId);
  if (live === undefined || previous === undefined) {
    throw impossible('NO_EARLIER_GENERATION', 'no earlier generation of it is kept');
  }
  const { certificatePem, chainPem, privateKey } = previous;
  const revoked = await readRevoked(tlsDirectory, certificateId);
  if (revoked.includes(fingerprintOf(new X509Certificate(certificatePem)))) {
    throw impossible('REVOKED', 'its CA was told that nobody must trust the earlier one');
  }
  const material = { certificatePem, chainPem, privateKeyPem: privateKey.reveal(), names };
  const problem = checkMaterial(material, new Date());
  if (problem !== undefined) {
    throw impossible(problem.reason, problem.message);
  }
  return { operationId, from: placeOf(live), to: placeOf(previous) };
}

function placeOf({ spki, generation }: StoredGeneration): RollbackRecord['from'] {
  return { spki, generation };
}

function impossible(reason: string, why: string): DomainError {
  return new DomainError('CERTIFICATE_ROLLBACK_IMPOSSIBLE', `The certificate cannot be rolled back: ${why}`, {
    details: { reason },
  });
}
