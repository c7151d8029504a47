import type { Identifier } from './identifier.js';

/** RFC 8555 §6.7, RFC 9773 §7.4 and the profiles draft, each with the status that Boulder sends. */
const STATUS = {
  accountDoesNotExist: 400,
  alreadyReplaced: 409,
  alreadyRevoked: 400,
  badCSR: 400,
  badNonce: 400,
  badPublicKey: 400,
  badRevocationReason: 400,
  badSignatureAlgorithm: 400,
  caa: 403,
  connection: 400,
  dns: 400,
  externalAccountRequired: 403,
  incorrectResponse: 403,
  invalidContact: 400,
  invalidProfile: 400,
  malformed: 400,
  orderNotReady: 403,
  rateLimited: 429,
  rejectedIdentifier: 400,
  serverInternal: 500,
  tls: 400,
  unauthorized: 403,
  unsupportedContact: 400,
  unsupportedIdentifier: 400,
  userActionRequired: 403,
} as const;

export type ProblemType = keyof typeof STATUS;

export interface Subproblem {
  readonly type: ProblemType;
  readonly detail: string;
  readonly identifier: Identifier;
}

export interface ProblemExtras {
  readonly status?: number;
  readonly subproblems?: readonly Subproblem[];
  readonly identifier?: Identifier;
  /** A value of the Retry-After header. */
  readonly retryAfter?: string;
  /** Link headers, such as the terms of service. */
  readonly links?: readonly string[];
  /** Further members of the document: `algorithms`, `instance`. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** A problem document (RFC 9457) on its way to the client. */
export class AcmeProblem extends Error {
  readonly status: number;

  constructor(
    readonly type: ProblemType,
    readonly detail: string,
    readonly extras: ProblemExtras = {},
  ) {
    super(`${type}: ${detail}`);
    this.name = 'AcmeProblem';
    this.status = extras.status ?? STATUS[type];
  }

  document(): Readonly<Record<string, unknown>> {
    const { subproblems, identifier, members } = this.extras;
    return {
      type: urn(this.type),
      detail: this.detail,
      status: this.status,
      ...(identifier && { identifier }),
      ...(subproblems && { subproblems: subproblems.map((each) => ({ ...each, type: urn(each.type) })) }),
      ...members,
    };
  }
}

export function urn(type: ProblemType): string {
  return `urn:ietf:params:acme:error:${type}`;
}

/** One refusal as it is; several as one problem with sub-problems that name their identifiers (RFC 8555 §6.7.1). */
export function problemOf(refusals: readonly Subproblem[]): AcmeProblem {
  const [first] = refusals;
  if (first === undefined) {
    throw new TypeError('A problem needs a reason.');
  }
  const type = refusals.every((each) => each.type === first.type) ? first.type : 'malformed';
  const detail =
    refusals.length === 1
      ? first.detail
      : `${first.detail} (and ${refusals.length - 1} more problems. Refer to sub-problems for more information.)`;
  return new AcmeProblem(type, detail, { subproblems: refusals });
}
