import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { checkMaterial } from '../../src/certificates/domain/check-material.js';
import { isSpki, spkiOf } from '../../src/certificates/domain/spki.js';
import { NO_DRIFT, type DriftedFile } from '../../src/operations/domain/drift.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { defineTask } from '../define-task.js';
import { findStored, type StoredGeneration } from '../tls/stored-generation.js';
import { findWrongModes, repairModes, type WrongMode } from '../tls/tls-permissions.js';

const input = z.object({
  tlsDirectory: z.string().startsWith('/'),
  spki: z.string().refine(isSpki),
  /** What the certificate has to cover. */
  names: z.array(z.string()).max(1_000),
  dryRun: z.boolean().optional(),
});

/**
 * Holds the files of a certificate against what they should be: all there, for nobody else to read, fitting together, covering
 * the names, valid now. Modes it repairs (a dry run reports them); for the rest the certificate has to be issued again (CERTIFICATE_FILES_INVALID).
 */
export default defineTask({
  name: 'certificate.check',
  input,
  dryRun: true,
  async run({ tlsDirectory, spki, names, dryRun }, context) {
    const wrong = await findWrongModes(tlsDirectory, spki);
    if (dryRun === true) {
      mustBeUsable(await findStored(tlsDirectory, spki), tlsDirectory, spki, names);
      return {
        status: 'NOTHING_TO_DO',
        ...(wrong.length > 0 && { drift: { ...NO_DRIFT, files: wrong.map(drifted(tlsDirectory)) } }),
      };
    }
    await repairModes(wrong);
    for (const { path, mode, expected } of wrong) {
      context.log('WARNING', `${path} had mode ${mode.toString(8)}; it is ${expected.toString(8)} again.`);
    }
    mustBeUsable(await findStored(tlsDirectory, spki), tlsDirectory, spki, names);
    return { status: wrong.length > 0 ? 'SUCCESS' : 'NOTHING_TO_DO' };
  },
});

const drifted =
  (tlsDirectory: string) =>
  ({ path, mode, expected }: WrongMode): DriftedFile => {
    const shown = `tls${path.slice(tlsDirectory.length)}`;
    const message = `${shown} has mode ${mode.toString(8)} instead of ${expected.toString(8)}.`;
    return { path: shown, problems: ['MODE'], message, diff: null };
  };

function mustBeUsable(
  stored: StoredGeneration | undefined,
  tlsDirectory: string,
  spki: string,
  names: readonly string[],
): void {
  const problem = storedProblem(stored, spki, names, new Date());
  if (problem !== undefined) {
    throw new DomainError(
      'CERTIFICATE_FILES_INVALID',
      `The certificate in ${tlsDirectory}/${spki} cannot be used. ${problem.message}`,
      { details: { spki, reason: problem.reason } },
    );
  }
}

function storedProblem(
  stored: StoredGeneration | undefined,
  spki: string,
  names: readonly string[],
  now: Date,
): { readonly reason: string; readonly message: string } | undefined {
  if (stored === undefined) {
    return { reason: 'FILES_MISSING', message: 'Its files are not there.' };
  }
  if (stored.oddFile !== undefined) {
    return { reason: 'FILES_DIFFER', message: `${stored.oddFile} does not hold what the other files hold.` };
  }
  const { certificatePem, chainPem, privateKey } = stored;
  const problem = checkMaterial({ certificatePem, chainPem, privateKeyPem: privateKey.reveal(), names }, now);
  if (problem !== undefined) {
    return problem;
  }
  return spkiOf(new X509Certificate(certificatePem).publicKey) === spki
    ? undefined
    : { reason: 'KEY_IS_ANOTHER', message: 'Its directory is named after another key.' };
}
