import { GraphQLError, type GraphQLErrorExtensions } from 'graphql';
import { assertNever } from '../shared/assert-never.js';
import { DomainError } from '../shared/domain-error.js';
import { ERROR_CATALOGUE, isErrorCode, type ErrorCode } from '../shared/error-catalogue.js';

/** Where the stack of a defect goes; the caller gets the correlation id only. */
export type ReportDefect = (error: unknown, correlationId: string) => void;

/**
 * The one place where an error becomes what a caller sees: { message, extensions: { code, details, hint, retry } }.
 * DomainErrors of the caller and of the world pass as they are. Everything else becomes INTERNAL: reported with its
 * stack under the correlation id, nothing of it shown. An error that is translated already is returned unchanged.
 */
export function translateError(error: unknown, correlationId: string, report: ReportDefect): GraphQLError {
  const located = error instanceof GraphQLError ? error : undefined;
  if (located && isTranslated(located)) {
    return located;
  }
  const domainError = toDomainError(error);
  const { actor } = ERROR_CATALOGUE[domainError.code];
  switch (actor) {
    case 'CALLER':
    case 'WORLD':
      return toGraphqlError(domainError, located);
    case 'US':
      report(rootOf(error), correlationId);
      return toGraphqlError(asDefect(domainError.code, correlationId), located);
    default:
      return assertNever(actor);
  }
}

export function translatedCode(error: GraphQLError): ErrorCode {
  const { code } = error.extensions;
  return typeof code === 'string' && isErrorCode(code) ? code : 'INTERNAL';
}

/** GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED: what graphql-js says of a document, under a code of ours. */
export function refuseDocument(
  code: 'GRAPHQL_PARSE_FAILED' | 'GRAPHQL_VALIDATION_FAILED',
  error: GraphQLError,
): GraphQLError {
  const { originalError } = error;
  const cause = originalError instanceof DomainError ? originalError : new DomainError(code, error.message);
  return toGraphqlError(cause, error);
}

function isTranslated({ extensions }: GraphQLError): boolean {
  return typeof extensions['code'] === 'string' && isErrorCode(extensions['code']);
}

function toDomainError(error: unknown): DomainError {
  const root = rootOf(error);
  if (root instanceof DomainError) {
    return root;
  }
  // graphql-js itself refuses a value of the request while it executes: an argument it cannot coerce. Such an error
  // points into the document (nodes); one about a value that a resolver answered does not.
  if (root instanceof GraphQLError && root.nodes !== undefined) {
    return new DomainError('INPUT_INVALID', root.message, { details: { field: root.path?.join('.') } });
  }
  return new DomainError('INTERNAL', ERROR_CATALOGUE.INTERNAL.meaning, { cause: error });
}

function rootOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? rootOf(error.originalError) : error;
}

function asDefect(code: ErrorCode, correlationId: string): DomainError {
  return new DomainError(code, ERROR_CATALOGUE[code].meaning, { details: { correlationId } });
}

function toGraphqlError(error: DomainError, located: GraphQLError | undefined): GraphQLError {
  const { code, details, hint, retry } = error;
  const extensions: GraphQLErrorExtensions = { code, details, hint, retry };
  return new GraphQLError(error.message, {
    nodes: located?.nodes,
    source: located?.source,
    positions: located?.positions,
    path: located?.path,
    originalError: error,
    extensions,
  });
}
