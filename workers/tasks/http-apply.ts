import { z } from 'zod';
import { fromFailure } from '../../src/shared/domain-error.js';
import { defineBatchTask } from '../define-task.js';
import { applyChanges } from '../http/apply-changes.js';
import { compareChanges } from '../http/compare-changes.js';
import { httpApplySchema, storedFilesSchema, type HttpApplyInput } from '../http/http-change.js';

const undoSchema = z.object({ files: storedFilesSchema });

/**
 * Makes a web server serve what its sites, or itself, should be: renders, checks the whole set, puts it in place with one
 * reload for the batch, and verifies each change by real requests. Idempotent, and convergent after being killed at any
 * point. A change that is refused, or not served, costs nobody else anything. A dry run reports what it would do, and does nothing.
 *
 * Fields of a site: `httpStatus`, `servedCertificate`, `verifiedAt`; of a server: `verifiedAt`. Undo: the files as they were.
 * Errors: VHOST_INVALID, VHOST_NOT_SERVED, CERTIFICATE_FILES_INVALID (of one call); HTTP_CONFIG_INVALID, HTTP_SERVER_MISSING,
 * HTTP_SERVER_DOWN, PORT_IN_USE, DISK_FULL, READ_ONLY, COMMAND_FAILED (of the batch). Warnings: SITE_ANSWERS_ERROR, CERTIFICATE_DOUBTFUL, NEIGHBOUR_QUARANTINED.
 */
export default defineBatchTask<HttpApplyInput>({
  name: 'http.apply',
  input: httpApplySchema,

  // One batch at a time for a web server: a dry run never sees half an apply.
  dryRun: true,
  runMany: (calls) =>
    inTwo(
      calls,
      ({ input }) => input.dryRun === true,
      compareChanges,
      (others) => applyChanges(others),
    ),

  async undoMany(calls) {
    const restores = calls.map(({ input, undo, context }) => ({
      input: { ...input, change: { type: 'RESTORE', files: undoSchema.parse(undo).files } as const },
      // What was done has to be taken back even when the operation was cancelled: that is why it is.
      context: {
        operationId: context.operationId,
        outputs: context.outputs,
        signal: new AbortController().signal,
        log: context.log.bind(context),
      },
    }));
    const results = await applyChanges(restores);
    const failed = results.find((result) => result.status === 'ERROR');
    if (failed !== undefined) {
      throw fromFailure(failed.failure);
    }
  },
});

/** Gives some calls to one, the others to another, one after the other; results in the order of the calls. */
async function inTwo<C, R>(
  calls: readonly C[],
  isForFirst: (call: C) => boolean,
  first: (calls: readonly C[]) => Promise<readonly R[]>,
  second: (calls: readonly C[]) => Promise<readonly R[]>,
): Promise<readonly R[]> {
  const firsts = calls.filter(isForFirst);
  const seconds = calls.filter((call) => !isForFirst(call));
  const of = (some: readonly C[], work: (calls: readonly C[]) => Promise<readonly R[]>) =>
    some.length === 0 ? [] : work(some);
  const results = { done: (await of(seconds, second)).values(), seen: (await of(firsts, first)).values() };
  return calls.map((call) => (isForFirst(call) ? results.seen : results.done).next().value!);
}
