import { z } from 'zod';
import type { ExplainedProblem } from '../../src/certificates/domain/acme/explain-problem.js';
import type { AcmeIssued } from '../../src/certificates/domain/acme/issue-outcome.js';
import { refusedName } from '../../src/certificates/domain/refused-names.js';
import type { TaskSuccess } from '../../src/operations/domain/task.js';
import { NEVER, type Failure } from '../../src/shared/failure.js';
import type { PlainObject } from '../../src/shared/plain.js';
import { notIssuedError } from '../acme/acme-failure.js';
import { absolutePath, issueRequestInput } from '../acme/acme-inputs.js';
import { foresee, hasLine } from '../preflight/foresee.js';
import { closeOrder } from '../acme/issue-by-acme.js';
import type { IssuePorts } from '../acme/issue-context.js';
import { issueForProvableNames, readLeftOut } from '../acme/issue-for-provable-names.js';
import { defineTask } from '../define-task.js';
import { preflightHook } from '../preflight/preflight-hook.js';
import { preflightInput } from '../preflight/preflight-input.js';
import { inForce, retraction } from '../tls/certificate-result.js';
import { retract } from '../tls/retract.js';
import { TlsStore } from '../tls/tls-store.js';

const input = z.object({
  ...issueRequestInput.shape,
  /** `<root>/acme`: accounts, orders, challenges. */
  acmeDirectory: absolutePath,
  tlsDirectory: absolutePath,
  stagingDirectory: absolutePath,
  documentRoots: z.array(absolutePath).default([]),
  /** It is a backup that is asked: what is to be said about it. */
  backupNotice: z.string().max(5_000).nullable().default(null),
  /** Should this CA fail, another is asked the next time. */
  mayAskAnother: z.boolean().default(false),
  /** The certificate in force lacks these: without at least one of them another is not wanted. Empty: it is in any case. */
  onlyWith: z.array(z.string()).max(100).default([]),
  /** Look at each name as the CA will, before it does; null: do not. */
  preflight: preflightInput.nullable().default({ resolvers: [], ports: { http: 80, https: 443 } }),
});
type Input = z.infer<typeof input>;

/**
 * Gets a certificate from an ACME CA, with a key of its own made here, and puts both in force. Each operation gets one certificate: run
 * again after it was killed it goes on with the same order, or finds that it was done. Whether it is time to renew is for the
 * control plane to say. The key leaves the disk neither in the output nor in the log. Output: spki, fingerprint, dates,
 * serial, names, directory; ariId, acmeAccountUrl, acmeDirectoryUrl, acmeProfile (fields too); replaced, warnings.
 * Errors: ACME_REFUSED and ACME_UNAVAILABLE (details: problems by name, unaffected names, retryAt, caSide), ACME_ACCOUNT_UNUSABLE,
 * OPERATION_CANCELLED, PROGRAM_MISSING, CONFIG_INVALID, DISK_FULL, READ_ONLY.
 * The undo puts back in force what was before; the certificate stays valid.
 */
export default defineTask<Input>({
  name: 'certificate.acme-issue',
  input,

  async run({ backupNotice, mayAskAnother, onlyWith, ...wanted }, context) {
    const { acmeDirectory, tlsDirectory, stagingDirectory, documentRoots, preflight, ...request } = wanted;
    const { certificateId, ca } = request;
    const { operationId } = context;
    const store = await TlsStore.open({ tlsDirectory, stagingDirectory, documentRoots });
    const held = await store.findByCertificate(certificateId);
    if (held?.record.operationId === operationId) {
      const leftOut = await readLeftOut(acmeDirectory, request, operationId);
      const closed = await closeOrder(acmeDirectory, certificateId);
      return withAcme(inForce('NOTHING_TO_DO', held, retraction(held)), certificateId, closed, leftOut, backupNotice);
    }
    if (backupNotice !== null) {
      context.log('WARNING', `${backupNotice} It is ${ca.directoryUrl}.`);
    }
    const ports: IssuePorts = {
      acmeDirectory,
      signal: context.signal,
      log: (level, message) => context.log(level, message),
      // Answers that are files stand only while the order waits: where there is nothing else, names are looked at then.
      ...(preflight !== null && !hasLine(request) && { preflight: preflightHook(preflight, context) }),
    };
    const foresight = (names: readonly string[]): Promise<readonly ExplainedProblem[]> =>
      foresee(names, request, preflight, ports);
    // Nothing to fall back to: then any is better than none.
    const wish = held === undefined ? [] : onlyWith;
    const { result, leftOut } = await issueForProvableNames(request, operationId, ports, foresight, wish);
    if (result === null && held !== undefined) {
      context.log('INFO', 'None of the names that it lacks can be added now: the certificate in force stays.');
      return withAcme(inForce('NOTHING_TO_DO', held, null), certificateId, undefined, leftOut, null);
    }
    if (result === null) {
      throw new Error('It was given up although there is none.');
    }
    if (!('privateKey' in result)) {
      throw notIssuedError(result.outcome, new Date(), mayAskAnother);
    }
    const { privateKey, outcome } = result;
    const { certificatePem, chainPem } = outcome;
    const stored = await store.put({ privateKey, certificatePem, chainPem, certificateId, operationId });
    await closeOrder(acmeDirectory, certificateId);
    context.log('INFO', `Stored the certificate in ${stored.directory}.`);
    return withAcme(inForce('SUCCESS', stored, retraction(stored)), certificateId, outcome, leftOut, backupNotice);
  },

  undo: (wanted, undo, context) => retract(wanted, undo, 'the certificate', context),
});

/** What the control plane keeps for the renewal: whom it came from, what it is called there, and which names are missing. */
function withAcme(
  success: TaskSuccess,
  certificateId: string,
  outcome: AcmeIssued | undefined,
  leftOut: readonly ExplainedProblem[],
  backupNotice: string | null,
): TaskSuccess {
  const { spki, names } = success.output as { readonly spki: string; readonly names: readonly string[] };
  const refusedNames = leftOut.map(refusedName);
  const facts = outcome && {
    ariId: outcome.ariId,
    acmeAccountUrl: outcome.accountUrl,
    acmeDirectoryUrl: outcome.directoryUrl,
    acmeProfile: outcome.profile,
  };
  const fields = { refusedNames: refusedNames as unknown as PlainObject[], ...facts };
  return {
    ...success,
    output: {
      ...success.output,
      ...facts,
      ...(outcome && { replaced: outcome.replaced, warnings: outcome.warnings }),
      // For virtual hosts that are rendered after this: a name that was left out keeps what it had.
      ...Object.fromEntries(names.map((name) => [`spki of ${name}`, spki])),
    },
    warnings: [...(backupNotice === null ? [] : [fromBackup(backupNotice)]), ...leftOut.map(leftOutWarning)],
    fields: [...(success.fields ?? []), { subject: 'certificate', id: certificateId, fields }],
  };
}

function fromBackup(notice: string): Failure {
  return {
    code: 'CERTIFICATE_FROM_BACKUP',
    summary: `The certificate comes from another CA than usual. ${notice}`,
    hint: 'Nothing has to be done: the first choice is asked again at the next renewal. Should that fail as well, look at the CA and the account there.',
    retry: NEVER,
  };
}

function leftOutWarning({ message, evidence, remedy, cause, identifier, foreseen }: ExplainedProblem): Failure {
  return {
    code: 'CERTIFICATE_NAME_LEFT_OUT',
    summary: `The certificate was issued without ${identifier?.value ?? 'a name'}. ${message} (${evidence.slice(0, 300)})`,
    hint: remedy,
    details: { name: identifier?.value ?? '', cause, foreseen: foreseen === true },
    retry: NEVER,
  };
}
