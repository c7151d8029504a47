import { GraphQLError, Lexer, parse, Source, TokenKind, type DocumentNode } from 'graphql';
import { refuseDocument } from '../error-translation.js';
import { limitExceeded, type GraphqlLimits } from '../limits/limits.js';

/** @throws GraphQLError GRAPHQL_PARSE_FAILED, GRAPHQL_LIMIT_EXCEEDED */
export function parseDocument(text: string, limits: Pick<GraphqlLimits, 'documentLength' | 'tokens'>): DocumentNode {
  if (text.length > limits.documentLength) {
    throw refuse(limitExceeded('documentLength', limits.documentLength, text.length));
  }
  try {
    return parse(text, { maxTokens: limits.tokens });
  } catch (error) {
    if (!(error instanceof GraphQLError)) {
      throw error;
    }
    throw refuse(hasMoreTokensThan(limits.tokens, text) ? limitExceeded('tokens', limits.tokens) : error);
  }
}

const refuse = (error: GraphQLError): GraphQLError => refuseDocument('GRAPHQL_PARSE_FAILED', error);

/** The parser gives both failures the same class and no code; counting again is cheap, as it ends at `max`. */
function hasMoreTokensThan(max: number, text: string): boolean {
  const lexer = new Lexer(new Source(text));
  try {
    for (let count = 1; count <= max + 1; count += 1) {
      if (lexer.advance().kind === TokenKind.EOF) {
        return false;
      }
    }
    return true;
  } catch {
    return false;
  }
}
