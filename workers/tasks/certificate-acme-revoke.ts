import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { DomainError } from '../../src/shared/domain-error.js';
import type { Secret } from '../../src/shared/secret.js';
import { spkiOf } from '../../src/certificates/domain/spki.js';
import { REVOCATION_REASONS, type RevocationReason } from '../../src/certificates/domain/acme/revocation-reason.js';
import { absolutePath, accountInput, caInput } from '../acme/acme-inputs.js';
import { AcmePaths } from '../acme/acme-paths.js';
import { acmeFailure } from '../acme/acme-failure.js';
import { revokeByAcme } from '../acme/revoke-by-acme.js';
import { defineTask } from '../define-task.js';
import { findKept } from '../tls/kept-certificate.js';
import { noteRevoked } from '../tls/revoked-certificates.js';
import { findStored } from '../tls/stored-generation.js';

const input = z.object({
  acmeDirectory: absolutePath,
  /** Who may have issued it. They are asked in turn until one knows it. */
  issuers: z
    .array(z.object({ ca: caInput, account: accountInput }))
    .min(1)
    .max(20),
  tlsDirectory: absolutePath,
  stagingDirectory: absolutePath,
  certificateId: z.uuid(),
  /** SHA-256 of the certificate. */
  fingerprint: z.string(),
  /** The certificate alone, without its chain; null: a predecessor, which the store has. */
  certificatePem: z.string().max(100_000).nullable(),
  reason: z.enum(Object.keys(REVOCATION_REASONS) as [RevocationReason, ...RevocationReason[]]),
  /** By the certificate's own key, where the account is lost: the key is taken from the store. */
  by: z.enum(['ACCOUNT', 'CERTIFICATE_KEY']),
});
type Input = z.infer<typeof input>;
type Wanted = Pick<Input, 'tlsDirectory' | 'certificateId' | 'fingerprint'>;

/**
 * Tells the CA that a certificate must not be trusted any more (RFC 8555 §7.6). For good: there is no undo. Nothing to do when it was
 * revoked before. The files stay in force, for a site without a certificate is no safer: replace it first. Nobody rolls back to it any more.
 * Errors: ACME_REFUSED, ACME_UNAVAILABLE, ACME_ACCOUNT_UNUSABLE, CERTIFICATE_FINGERPRINT_UNKNOWN, CERTIFICATE_FILES_INVALID (no key),
 * OPERATION_CANCELLED.
 */
export default defineTask<Input>({
  name: 'certificate.acme-revoke',
  input,
  async run({ acmeDirectory, issuers, reason, by, ...wanted }, context) {
    const certificatePem = wanted.certificatePem ?? (await predecessor(wanted));
    const privateKey = by === 'CERTIFICATE_KEY' ? await keyOf(certificatePem, wanted) : undefined;
    const ports = {
      paths: new AcmePaths(acmeDirectory),
      signal: context.signal,
      log: (message: string) => context.log('INFO', message),
    };
    const failures: unknown[] = [];
    for (const { ca, account } of issuers) {
      try {
        const signer = privateKey === undefined ? { account } : { privateKey };
        const revoked = await revokeByAcme({ ca, certificatePem, reason, by: signer }, ports);
        await noteRevoked(wanted, wanted.certificateId, wanted.fingerprint);
        const what = `the certificate ${wanted.fingerprint}`;
        context.log('INFO', revoked ? `The CA has revoked ${what} (${reason}).` : `${what} was revoked before.`);
        return { status: revoked ? 'SUCCESS' : 'NOTHING_TO_DO' };
      } catch (error) {
        failures.push(acmeFailure(error, 'the certificate was revoked', new Date()));
        if (issuers.length > 1) {
          context.log('WARNING', `${ca.directoryUrl} has not revoked it. ${String(failures.at(-1))}`);
        }
      }
    }
    throw worst(failures);
  },
});

/** That a CA cannot be asked now weighs more than that others do not know the certificate. */
function worst(failures: readonly unknown[]): unknown {
  return (
    failures.find((failure) => !(failure instanceof DomainError && failure.code === 'ACME_REFUSED')) ?? failures[0]
  );
}

async function predecessor({ tlsDirectory, certificateId, fingerprint }: Wanted): Promise<string> {
  const kept = await findKept(tlsDirectory, certificateId, fingerprint);
  if (kept === undefined) {
    throw new DomainError(
      'CERTIFICATE_FINGERPRINT_UNKNOWN',
      `The server keeps no certificate ${fingerprint} that was in force for this one.`,
      { details: { fingerprint } },
    );
  }
  return kept;
}

async function keyOf(certificatePem: string, { tlsDirectory }: Wanted): Promise<Secret> {
  const spki = spkiOf(new X509Certificate(certificatePem).publicKey);
  const stored = await findStored(tlsDirectory, spki);
  if (stored === undefined) {
    throw new DomainError('CERTIFICATE_FILES_INVALID', `The key ${spki} is not on this server.`, {
      hint: 'Revoke by the account instead.',
      details: { spki },
    });
  }
  return stored.privateKey;
}
