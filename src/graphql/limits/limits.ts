import { GraphQLError } from 'graphql';
import { DomainError } from '../../shared/domain-error.js';

/** What one request may ask for. Each is checked before anything is resolved. */
export interface GraphqlLimits {
  /** Characters of the document. */
  readonly documentLength: number;
  /** Lexical tokens of the document: bounds the work of parsing and validating it. */
  readonly tokens: number;
  /** Fields within fields; introspection is not counted, graphql-js bounds it by itself. */
  readonly depth: number;
  /** Aliased fields in the whole document. */
  readonly aliases: number;
  /** Fields of the operation itself: how many queries or mutations one request may hold. */
  readonly rootFields: number;
  /** Objects that the answer can hold and look-ups it can take, lists counted as long as `first` allows. */
  readonly cost: number;
  /** Open at once for one token, over all transports; and operations of any type at once on one WebSocket. */
  readonly subscriptions: number;
}

export const DEFAULT_LIMITS: GraphqlLimits = {
  documentLength: 64 * 1024,
  tokens: 2_000,
  depth: 12,
  aliases: 60,
  rootFields: 30,
  cost: 10_000,
  subscriptions: 100,
};

const UNITS: Readonly<Record<keyof GraphqlLimits, string>> = {
  documentLength: 'characters of document',
  tokens: 'tokens of document',
  depth: 'levels of fields',
  aliases: 'aliases',
  rootFields: 'fields in the operation',
  cost: 'objects and look-ups in the answer',
  subscriptions: 'subscriptions at once',
};

/** GRAPHQL_LIMIT_EXCEEDED with details { limit, max, actual? }. */
export function limitExceeded(limit: keyof GraphqlLimits, max: number, actual?: number): GraphQLError {
  const asked = actual === undefined ? '' : `; this asks for ${actual}`;
  const message = `At most ${max} ${UNITS[limit]} are allowed${asked}.`;
  const details = { limit, max, ...(actual === undefined ? {} : { actual }) };
  return new GraphQLError(message, {
    originalError: new DomainError('GRAPHQL_LIMIT_EXCEEDED', message, { details }),
  });
}
