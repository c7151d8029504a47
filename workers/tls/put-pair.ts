import { checkMaterial } from '../../src/certificates/domain/check-material.js';
import type { TaskSuccess } from '../../src/operations/domain/task.js';
import { DomainError } from '../../src/shared/domain-error.js';
import type { TaskContext } from '../protocol.js';
import { inForce, retraction } from './certificate-result.js';
import type { StoredGeneration } from './stored-generation.js';
import { renderPemFiles, type KeyAndCertificate } from './tls-layout.js';
import type { TlsStore } from './tls-store.js';

export interface PairToPut extends KeyAndCertificate {
  readonly certificateId: string;
  /** Every one must be covered. */
  readonly names: readonly string[];
}

/**
 * Puts a pair that came from elsewhere in force: checked once more, because it has crossed a queue and time has passed; nothing to do when
 * it is in force already. Cancellable before it stores.
 * @throws DomainError CERTIFICATE_REFUSED with `details.reason`
 */
export async function putPair(store: TlsStore, pair: PairToPut, context: TaskContext): Promise<TaskSuccess> {
  const { certificatePem, chainPem, privateKey, names, certificateId } = pair;
  const material = { certificatePem, chainPem, privateKeyPem: privateKey.reveal(), names };
  const problem = checkMaterial(material, new Date());
  if (problem !== undefined) {
    throw new DomainError('CERTIFICATE_REFUSED', problem.message, { details: { reason: problem.reason } });
  }
  const held = await findIntact(store, certificateId, context);
  if (held !== undefined && isSame(held, pair)) {
    return inForce('NOTHING_TO_DO', held, held.record.operationId === context.operationId ? retraction(held) : null);
  }
  if (context.signal.aborted) {
    throw new DomainError('OPERATION_CANCELLED', 'The operation was cancelled before the certificate was stored.');
  }
  const { operationId } = context;
  const stored = await store.put({ certificatePem, chainPem, privateKey, certificateId, operationId });
  context.log('INFO', `Stored the certificate as generation ${stored.generation} in ${stored.directory}.`);
  return inForce('SUCCESS', stored, retraction(stored));
}

/** What is in force, unless it is damaged: then the new pair takes its place. */
async function findIntact(
  store: TlsStore,
  certificateId: string,
  context: TaskContext,
): Promise<StoredGeneration | undefined> {
  try {
    const held = await store.findByCertificate(certificateId);
    return held?.oddFile === undefined ? held : undefined;
  } catch (error) {
    if (!(error instanceof DomainError && error.code === 'CERTIFICATE_FILES_INVALID')) {
      throw error;
    }
    context.log('WARNING', `What was stored before is damaged. ${error.message}`);
    return undefined;
  }
}

function isSame(held: KeyAndCertificate, wanted: KeyAndCertificate): boolean {
  return renderPemFiles(held)['combined.pem'] === renderPemFiles(wanted)['combined.pem'];
}
