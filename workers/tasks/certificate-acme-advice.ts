import { z } from 'zod';
import type { PlainObject } from '../../src/shared/plain.js';
import { caInput } from '../acme/acme-inputs.js';
import { acmeFailure } from '../acme/acme-failure.js';
import { adviseRenewal } from '../acme/advise-renewal.js';
import { defineTask } from '../define-task.js';

const time = z.iso.datetime();

const input = z.object({
  certificateId: z.uuid(),
  ca: caInput,
  /** The certificate alone, without its chain. */
  certificatePem: z.string().max(100_000),
  /** What this task has said last. */
  before: z
    .object({
      windowStart: time,
      windowEnd: time,
      renewAt: time,
      explanationUrl: z.string().nullable(),
      pollAt: time,
    })
    .nullable()
    .default(null),
});
type Input = z.infer<typeof input>;

/**
 * Asks the CA when it wants a certificate to be replaced (ARI, RFC 9773). Changes nothing. Output: `supported`, and `advice` (window,
 * renewAt, explanationUrl, pollAt) where it is; in the same window renewAt stays what it was. Fields: `renewalAdvice`.
 * Errors: ACME_UNAVAILABLE, ACME_REFUSED, OPERATION_CANCELLED.
 */
export default defineTask<Input>({
  name: 'certificate.acme-advice',
  input,
  async run({ certificateId, ca, certificatePem, before }, context) {
    try {
      const advice = await adviseRenewal({ ca, certificatePem, before, now: new Date() }, context.signal);
      const plain: PlainObject | null = advice === null ? null : { ...advice };
      context.log('INFO', advice === null ? 'The CA gives no advice.' : `To be renewed at ${advice.renewAt}.`);
      return {
        status: 'NOTHING_TO_DO',
        output: { supported: advice !== null, advice: plain },
        fields: [{ subject: 'certificate', id: certificateId, fields: { renewalAdvice: plain } }],
      };
    } catch (error) {
      throw acmeFailure(error, 'the CA gave its advice', new Date());
    }
  },
});
