import { buildSchema, execute, parse, type GraphQLObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { stopWhenLeft } from './stop-when-left.js';

/** Who leaves while the first field resolves; the answer, and what was resolved. */
async function resolvedBy(text: string): Promise<{ readonly errors: unknown[]; readonly resolved: string[] }> {
  const leave = new AbortController();
  const resolved: string[] = [];
  const schema = buildSchema(
    'type Query { site: Site } type Mutation { first: Site second: Site } type Site { id: ID }',
  );
  for (const [type, names] of Object.entries({ Query: ['site'], Mutation: ['first', 'second'], Site: ['id'] })) {
    for (const name of names) {
      Object.assign((schema.getType(type) as GraphQLObjectType).getFields()[name] ?? {}, {
        resolve: async () => {
          resolved.push(name);
          leave.abort();
          return {};
        },
      });
    }
  }
  stopWhenLeft(schema);
  const { errors = [] } = await execute({ schema, document: parse(text), contextValue: { signal: leave.signal } });
  return { errors: errors.map(({ originalError }) => originalError === leave.signal.reason), resolved };
}

describe('stopWhenLeft', () => {
  it('resolves no further field once the caller has left', async () => {
    expect(await resolvedBy('{ site { a: id b: id } }')).toEqual({ errors: [true, true], resolved: ['site'] });
  });

  it('does all that a mutation asks for, and tells nobody of it', async () => {
    const { resolved } = await resolvedBy('mutation { first { id } second { id } }');
    expect(resolved).toEqual(['first', 'second']);
  });
});
