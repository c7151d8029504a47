import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { Secret } from '../../shared/secret.js';

/** Text that is wrapped the moment it comes in. It is never answered, and no error repeats it. */
export const SecretScalar = new GraphQLScalarType<Secret, never>({
  name: 'Secret',
  description: 'Text that is kept from logs and errors, and never answered. For input only; pass it as a variable.',
  serialize: () => {
    throw new TypeError('A secret is never answered.');
  },
  parseValue: toSecret,
  parseLiteral: (node) => toSecret(node.kind === Kind.STRING ? node.value : undefined),
});

function toSecret(value: unknown): Secret {
  if (typeof value !== 'string') {
    throw new GraphQLError('Secret must be text.');
  }
  return new Secret(value);
}
