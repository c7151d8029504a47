import { z } from 'zod';

/** RFC 8555 §9.7.7. */
export const identifierSchema = z.object({ type: z.string(), value: z.string() });
export type AcmeIdentifier = z.infer<typeof identifierSchema>;

export interface AcmeSubproblem {
  readonly type: string;
  readonly detail: string;
  readonly identifier: AcmeIdentifier | null;
}

/**
 * Why an ACME server, or the way to it, refuses (RFC 7807, RFC 8555 §6.7). `type` is short: what follows
 * `urn:ietf:params:acme:error:`, such as `rateLimited`; what happens before there is an answer begins with `local:`.
 */
export interface AcmeProblem {
  readonly type: string;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly detail: string;
  readonly subproblems: readonly AcmeSubproblem[];
  /** The one that it is about, when it is about one. */
  readonly identifier: AcmeIdentifier | null;
  /** Not before this time (ISO 8601), as the server asks. */
  readonly retryAfter: string | null;
  /** A page for people, such as the new terms of service. */
  readonly instance: string | null;
}

const PREFIX = 'urn:ietf:params:acme:error:';

const document = z.object({
  type: z.string().catch('about:blank'),
  detail: z.string().catch(''),
  title: z.string().optional().catch(undefined),
  instance: z.string().optional().catch(undefined),
  identifier: identifierSchema.optional().catch(undefined),
  subproblems: z
    .array(
      z.object({ type: z.string().catch(''), detail: z.string().catch(''), identifier: identifierSchema.optional() }),
    )
    .catch([]),
});

/** Never fails: an answer that is no problem document is a problem without a type. */
export function readProblem(body: unknown, status: number, retryAfter: Date | undefined): AcmeProblem {
  const read = document.safeParse(body);
  const found = read.success ? read.data : document.parse({});
  return {
    type: found.type.startsWith(PREFIX) ? found.type.slice(PREFIX.length) : found.type,
    status,
    detail: printable(found.detail === '' ? (found.title ?? '') : found.detail),
    subproblems: found.subproblems.map(({ type, detail, identifier }) => ({
      type: type.startsWith(PREFIX) ? type.slice(PREFIX.length) : type,
      detail: printable(detail),
      identifier: identifier ?? null,
    })),
    identifier: found.identifier ?? null,
    retryAfter: retryAfter?.toISOString() ?? null,
    instance: found.instance ?? null,
  };
}

export const LOCAL_PROBLEMS = [
  'local:nameNotFound',
  'local:connectionRefused',
  'local:connectTimeout',
  'local:connectionLost',
  'local:connectionStale',
  'local:timeout',
  'local:tlsUntrusted',
  'local:proxyRefused',
  'local:notAcme',
  'local:tooLarge',
  'local:cancelled',
  'local:termsNotAgreed',
  'local:profileUnknown',
  'local:noChallenge',
  'local:challengeNotPresented',
  'local:notValidated',
  'local:badMaterial',
  'local:stagingChain',
] as const;
export type LocalProblemType = (typeof LOCAL_PROBLEMS)[number];

/** What went wrong on this side of the wire. */
export function localProblem(
  type: LocalProblemType,
  detail: string,
  { identifier = null, instance = null }: Partial<Pick<AcmeProblem, 'identifier' | 'instance'>> = {},
): AcmeProblem {
  return { type, status: 0, detail: printable(detail), subproblems: [], identifier, retryAfter: null, instance };
}

/** A CA quotes what it was sent, and what strange servers answered: no control characters, and not a whole page. */
function printable(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 1_000);
}
