import { GraphQLError, GraphQLScalarType, valueFromASTUntyped } from 'graphql';
import type { PlainObject, PlainValue } from '../../shared/plain.js';

/** Data whose shape depends on another field (`details` of an error code). For output; inputs have types. */
export const JsonScalar = new GraphQLScalarType<PlainValue, PlainValue>({
  name: 'JSON',
  description: 'Any JSON value. Its shape depends on the field beside it that names the case.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259',
  serialize: toPlain,
  parseValue: toPlain,
  parseLiteral: (node, variables) => toPlain(valueFromASTUntyped(node, variables)),
});

function toPlain(value: unknown): PlainValue {
  if (!isPlain(value)) {
    throw new GraphQLError('JSON must be made of objects, lists, strings, finite numbers, booleans and null.');
  }
  return value;
}

function isPlain(value: unknown): value is PlainValue {
  if (typeof value === 'object' && value !== null) {
    return Array.isArray(value) ? value.every(isPlain) : isPlainObject(value);
  }
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

function isPlainObject(value: object): value is PlainObject {
  const prototype: unknown = Object.getPrototypeOf(value);
  const plain = prototype === Object.prototype || prototype === null;
  return plain && Object.values(value).every((member) => member === undefined || isPlain(member));
}
