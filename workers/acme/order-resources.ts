import { z } from 'zod';
import { identifiersOf } from '../../src/certificates/domain/acme/identifier.js';
import { identifierSchema, type AcmeIdentifier } from '../../src/certificates/domain/acme/problem.js';
import { localError } from './acme-error.js';
import type { AcmeAnswer } from './ca-connection.js';

/** RFC 8555 §7.1.3. */
export const orderSchema = z.object({
  status: z.enum(['pending', 'ready', 'processing', 'valid', 'invalid']),
  authorizations: z.array(z.url()).default([]),
  finalize: z.url(),
  certificate: z.url().optional(),
  error: z.unknown().optional(),
});
export type Order = z.infer<typeof orderSchema>;

/** RFC 8555 §7.1.5. */
export const challengeSchema = z.object({
  type: z.string(),
  url: z.url(),
  status: z.enum(['pending', 'processing', 'valid', 'invalid']).catch('pending'),
  // It becomes a file name.
  token: z
    .string()
    .regex(/^[A-Za-z0-9_-]{16,512}$/)
    .optional()
    .catch(undefined),
  error: z.unknown().optional(),
});
export type ChallengeResource = z.infer<typeof challengeSchema>;

/** RFC 8555 §7.1.4. */
export const authorizationSchema = z.object({
  identifier: identifierSchema,
  status: z.enum(['pending', 'valid', 'invalid', 'deactivated', 'expired', 'revoked']),
  challenges: z.array(challengeSchema).default([]),
  wildcard: z.boolean().optional(),
});
export type Authorization = z.infer<typeof authorizationSchema>;

/** @throws AcmeError local:notAcme */
export function readResource<T>(schema: z.ZodType<T>, { json }: AcmeAnswer, what: string): T {
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw localError(
      'local:notAcme',
      `The CA answered with no ${what} (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}).`,
    );
  }
  return parsed.data;
}

/** As it was ordered, however the CA spells it; with its `*.`, which the CA leaves out (RFC 8555 §7.1.4). */
export function identifierOf({ identifier, wildcard }: Authorization): AcmeIdentifier {
  const { type, value } = identifier;
  const name = wildcard === true && !value.startsWith('*.') ? `*.${value}` : value;
  try {
    return identifiersOf([name])[0] ?? { type, value: name };
  } catch {
    return { type, value: name };
  }
}
