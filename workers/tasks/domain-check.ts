import { z } from 'zod';
import type { NamePreflight } from '../../src/certificates/domain/preflight/name-preflight.js';
import { NEVER, later, type Failure } from '../../src/shared/failure.js';
import type { PlainObject } from '../../src/shared/plain.js';
import { caInput } from '../acme/acme-inputs.js';
import { connectionTo } from '../acme/ca-connection.js';
import { defineTask } from '../define-task.js';
import { checkNames } from '../preflight/check-names.js';
import { preflightInput } from '../preflight/preflight-input.js';

const input = z.object({
  ...preflightInput.shape,
  names: z.array(z.string()).min(1).max(100),
  /** Null: none of the provider's is for these names. */
  method: z.enum(['http-01', 'dns-01']).nullable().default('http-01'),
  /** Whose CAA identities count: its directory is read, and nothing is ordered. Null: CAA is not looked at. */
  ca: caInput.nullable().default(null),
  /** Further ones. */
  caaIdentities: z.array(z.string()).default([]),
  accountUri: z.string().nullable().default(null),
  thumbprint: z.string().nullable().default(null),
  /** What the limits of the CA leave for these names, as the control plane has counted. */
  budget: z
    .array(z.object({ limit: z.string(), left: z.number().int(), most: z.number().int(), nextAt: z.iso.datetime() }))
    .default([]),
});
type Input = z.infer<typeof input>;

/**
 * Says of each name whether a CA would find it in order: addresses, what answers at each of them, CAA. Changes nothing and orders
 * nothing. Each thing that speaks against a name is a warning. Output: `names`, one `NamePreflight` each, and
 * `budget` as it was given. Errors: OPERATION_CANCELLED.
 */
export default defineTask<Input>({
  name: 'domain.check',
  input,
  async run({ ca, budget, ...request }, context) {
    const directory =
      ca &&
      (await connectionTo(ca)
        .directory(context.signal)
        .catch((error: unknown) => {
          context.log('WARNING', `CAA is not looked at: ${ca.directoryUrl} does not say who it is. ${String(error)}`);
        }));
    const caaIdentities = [...request.caaIdentities, ...(directory?.meta?.caaIdentities ?? [])];
    const names = await checkNames({ ...request, caaIdentities }, context.signal);
    for (const { name, verdict, findings } of names) {
      const why = findings.map(({ message }) => message).join(' ');
      context.log(verdict === 'GOOD' ? 'INFO' : 'WARNING', `${name} is ${verdict}. ${why}`.trim());
    }
    for (const { limit, left, most } of budget) {
      context.log('INFO', `The CA allows ${left} of ${most} more: ${limit}.`);
    }
    return {
      status: 'NOTHING_TO_DO',
      output: { names: names as unknown as readonly PlainObject[], budget },
      warnings: [...names.flatMap(warningsOf), ...budget.filter(({ left }) => left === 0).map(usedUp)],
    };
  },
});

function usedUp({ limit, nextAt }: Input['budget'][number]): Failure {
  return {
    code: 'CA_LIMIT_REACHED',
    summary: `The CA will refuse until ${nextAt}, as far as is known: ${limit}.`,
    hint: 'Wait until then, or take another provider.',
    details: { limit, nextAt },
    retry: later(Math.max(Date.parse(nextAt) - Date.now(), 0)),
  };
}

function warningsOf({ name, findings }: NamePreflight): readonly Failure[] {
  return findings.map(({ certain, cause, owner, message, evidence, remedy, retryAt }) => ({
    code: certain ? 'DOMAIN_BLOCKED' : 'DOMAIN_DOUBTFUL',
    summary: `${message} (${evidence.slice(0, 300)})`,
    hint: remedy,
    details: { name, cause, owner, evidence: evidence.slice(0, 1_000) },
    retry: retryAt === null ? NEVER : later(Math.max(Date.parse(retryAt) - Date.now(), 0)),
  }));
}
