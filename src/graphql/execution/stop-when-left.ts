import { defaultFieldResolver, isObjectType, type GraphQLSchema } from 'graphql';
import type { GraphqlContext } from '../graphql-context.js';

/**
 * Makes the fields of the schema resolve no further once the signal of the request is aborted; each fails with the
 * reason of the signal. The fields of a mutation itself go on: what a caller has sent off is done in full.
 */
export function stopWhenLeft(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type === schema.getMutationType() || type.name.startsWith('__')) {
      continue;
    }
    for (const field of Object.values(type.getFields())) {
      const { resolve = defaultFieldResolver } = field;
      field.resolve = (source, args, context: GraphqlContext, info): unknown => {
        context.signal.throwIfAborted();
        return resolve(source, args, context, info);
      };
    }
  }
}
