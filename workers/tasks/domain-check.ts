import { z } from 'zod';
import type { PlainObject } from '../../src/shared/plain.js';
import { defineTask } from '../define-task.js';
import { checkNames } from '../preflight/check-names.js';
import { preflightInput } from '../preflight/preflight-input.js';

const input = z.object({
  ...preflightInput.shape,
  names: z.array(z.string()).min(1).max(100),
  method: z.enum(['http-01', 'dns-01']).default('http-01'),
  caaIdentities: z.array(z.string()).default([]),
  accountUri: z.string().nullable().default(null),
  thumbprint: z.string().nullable().default(null),
});
type Input = z.infer<typeof input>;

/**
 * Says of each name whether a CA would find it in order: addresses, what answers at each of them, CAA. Changes nothing and asks no CA.
 * Output: `names`, one `NamePreflight` each. Errors: OPERATION_CANCELLED.
 */
export default defineTask<Input>({
  name: 'domain.check',
  input,
  async run(request, context) {
    const names = await checkNames(request, context.signal);
    for (const { name, verdict, findings } of names) {
      context.log(
        verdict === 'GOOD' ? 'INFO' : 'WARNING',
        `${name} is ${verdict}. ${findings.map(({ message }) => message).join(' ')}`.trim(),
      );
    }
    return { status: 'NOTHING_TO_DO', output: { names: names as unknown as readonly PlainObject[] } };
  },
});
