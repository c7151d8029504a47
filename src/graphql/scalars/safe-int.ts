import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

/**
 * Whole numbers past the 32 bits of Int: bytes, inodes. Chosen over a string or a `BigInt`: 2^53 bytes are nine
 * petabytes, and every client reads it as a plain JSON number. A value past that fails instead of losing digits.
 */
export const SafeIntScalar = new GraphQLScalarType<number, number>({
  name: 'SafeInt',
  description: 'A whole number between -(2^53 - 1) and 2^53 - 1, as a JSON number.',
  serialize: toSafeInt,
  parseValue: toSafeInt,
  parseLiteral: (node) => toSafeInt(node.kind === Kind.INT ? Number(node.value) : null),
});

function toSafeInt(value: unknown): number {
  if (typeof value === 'bigint' && Number.isSafeInteger(Number(value))) {
    return Number(value);
  }
  if (typeof value === 'number' && Number.isSafeInteger(value)) {
    return value;
  }
  throw new GraphQLError('SafeInt must be a whole number between -(2^53 - 1) and 2^53 - 1.');
}
