import { z } from 'zod';
import type { ExplainedProblem } from '../../src/certificates/domain/acme/explain-problem.js';
import type { AcmeIssued } from '../../src/certificates/domain/acme/issue-outcome.js';
import type { RefusedName } from '../../src/certificates/domain/certificate.js';
import type { TaskSuccess } from '../../src/operations/domain/task.js';
import { NEVER, type Failure } from '../../src/shared/failure.js';
import type { PlainObject } from '../../src/shared/plain.js';
import { notIssuedError } from '../acme/acme-failure.js';
import { absolutePath, issueRequestInput } from '../acme/acme-inputs.js';
import { answeredByLine, foresee } from '../preflight/foresee.js';
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

  async run({ acmeDirectory, tlsDirectory, stagingDirectory, documentRoots, preflight, ...request }, context) {
    const { certificateId } = request;
    const { operationId } = context;
    const store = await TlsStore.open({ tlsDirectory, stagingDirectory, documentRoots });
    const held = await store.findByCertificate(certificateId);
    if (held?.record.operationId === operationId) {
      const leftOut = await readLeftOut(acmeDirectory, certificateId, operationId);
      const closed = await closeOrder(acmeDirectory, certificateId);
      return withAcme(inForce('NOTHING_TO_DO', held, retraction(held)), certificateId, closed, leftOut);
    }
    const ports: IssuePorts = {
      acmeDirectory,
      signal: context.signal,
      log: (level, message) => context.log(level, message),
      // Answers that are files stand only while the order waits: those names are looked at then.
      ...(preflight !== null && !answeredByLine(request) && { preflight: preflightHook(preflight, context) }),
    };
    const { result, leftOut } = await issueForProvableNames(request, operationId, ports, (names) =>
      foresee(names, request, preflight, ports),
    );
    if (!('privateKey' in result)) {
      throw notIssuedError(result.outcome, new Date());
    }
    const { privateKey, outcome } = result;
    const { certificatePem, chainPem } = outcome;
    const stored = await store.put({ privateKey, certificatePem, chainPem, certificateId, operationId });
    await closeOrder(acmeDirectory, certificateId);
    context.log('INFO', `Stored the certificate in ${stored.directory}.`);
    return withAcme(inForce('SUCCESS', stored, retraction(stored)), certificateId, outcome, leftOut);
  },

  undo: (wanted, undo, context) => retract(wanted, undo, 'the certificate', context),
});

/** What the control plane keeps for the renewal: whom it came from, what it is called there, and which names are missing. */
function withAcme(
  success: TaskSuccess,
  certificateId: string,
  outcome: AcmeIssued | undefined,
  leftOut: readonly ExplainedProblem[],
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
    warnings: leftOut.map(leftOutWarning),
    fields: [...(success.fields ?? []), { subject: 'certificate', id: certificateId, fields }],
  };
}

function leftOutWarning({ message, evidence, remedy, cause, identifier }: ExplainedProblem): Failure {
  return {
    code: 'CERTIFICATE_NAME_LEFT_OUT',
    summary: `The certificate was issued without ${identifier?.value ?? 'a name'}. ${message} (${evidence.slice(0, 300)})`,
    hint: remedy,
    details: { name: identifier?.value ?? '', cause },
    retry: NEVER,
  };
}

function refusedName({ identifier, cause, owner, message, evidence, remedy, retryAt }: ExplainedProblem): RefusedName {
  return {
    name: identifier?.value ?? '',
    cause,
    owner,
    message: message.slice(0, 2_000),
    evidence: evidence.slice(0, 4_000),
    remedy,
    retryAt,
  };
}
