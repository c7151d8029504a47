import {
  buildSchema,
  parse,
  validate,
  type GraphQLObjectType,
  type OperationDefinitionNode,
  type ValidationRule,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../shared/domain-error.js';
import { aliasLimit } from './alias-limit.js';
import { costOf } from './cost-limit.js';
import { depthLimit } from './depth-limit.js';
import { rootFieldLimit } from './root-field-limit.js';

const schema = buildSchema(`
  type Query { sites(first: Int, last: Int): SiteConnection!  site: Site  node: Node }
  interface Node { id: ID! }
  type SiteConnection { edges: [SiteEdge!]!  nodes: [Site!]!  totalCount: Int!  pageInfo: PageInfo! }
  type PageInfo { hasNextPage: Boolean! }
  type SiteEdge { cursor: String!  node: Site! }
  type Site implements Node { id: ID!  names: [String!]!  parent: Site  tasks: [Task!]!  sites(first: Int): SiteConnection!
    log(first: Int! = 100): [Task!]!  words(first: Int! = 100): [String!]!  place: Int  changes: [String!]! }
  type Task { id: ID! }
`);

const declared = (schema.getType('Site') as GraphQLObjectType).getFields();
for (const field of [declared['place'], declared['changes']]) {
  Object.assign(field?.extensions ?? {}, { complexity: 1 });
}

function detailsOf(rule: ValidationRule, text: string): unknown {
  const [error] = validate(schema, parse(text), [rule]);
  return error?.originalError instanceof DomainError ? error.originalError.details : undefined;
}

function cost(text: string, variables?: Record<string, unknown>): number {
  const document = parse(text);
  return costOf(schema, document, document.definitions[0] as OperationDefinitionNode, variables);
}

describe('depthLimit', () => {
  it('counts fields within fields, through fragments of both kinds', () => {
    const text = '{ site { ... { parent { ...P } } } } fragment P on Site { parent { id } }';
    expect(detailsOf(depthLimit(4), text)).toBeUndefined();
    expect(detailsOf(depthLimit(3), text)).toEqual({ limit: 'depth', max: 3, actual: 4 });
  });

  it('does not count introspection', () => {
    expect(detailsOf(depthLimit(1), '{ __schema { types { fields { type { name } } } } }')).toBeUndefined();
  });

  it('ends on fragments that contain each other', () => {
    const text = '{ site { ...A } } fragment A on Site { ...B } fragment B on Site { ...A id }';
    expect(detailsOf(depthLimit(9), text)).toBeUndefined();
  });

  it('measures fragments that double at each level in linear time', () => {
    const doubling = Array.from({ length: 60 }, (_, i) => `fragment F${i} on Site { ...F${i + 1} ...F${i + 1} }`).join(
      '\n',
    );
    const text = `{ site { ...F0 } } ${doubling} fragment F60 on Site { id }`;
    expect(detailsOf(depthLimit(1), text)).toEqual({ limit: 'depth', max: 1, actual: 2 });
    expect(cost(text)).toBe(1);
  });
});

describe('aliasLimit', () => {
  it('counts aliases wherever they are', () => {
    const text = '{ a: site { b: id } ...Q } fragment Q on Query { c: site { id } }';
    expect(detailsOf(aliasLimit(3), text)).toBeUndefined();
    expect(detailsOf(aliasLimit(2), text)).toEqual({ limit: 'aliases', max: 2, actual: 3 });
  });
});

describe('rootFieldLimit', () => {
  it('counts the fields of the largest operation, fragments counted out', () => {
    const text =
      'query A { a: site { id } ...Q ...Q } query B { site { id } } fragment Q on Query { b: site { id names } }';
    expect(detailsOf(rootFieldLimit(3), text)).toBeUndefined();
    expect(detailsOf(rootFieldLimit(2), text)).toEqual({ limit: 'rootFields', max: 2, actual: 3 });
  });
});

describe('costOf', () => {
  it.each([
    ['{ site { id names } }', 1],
    ['{ site { tasks { id } } }', 1 + (1 + 10)],
    ['{ site { log { id } } }', 1 + (1 + 100)],
    ['{ site { log(first: 1000) { id } } }', 1 + (1 + 1000)],
    ['{ site { words(first: 1000) } }', 1 + 1000],
    ['{ site { words } }', 1 + 100],
    ['{ site { changes } }', 1 + (1 + 10)],
    ['{ sites(first: 50) { nodes { a: place b: place } } }', 1 + 50 * 3],
    ['{ sites(first: 50) { totalCount } }', 1 + 50],
    ['{ sites(first: 50) { nodes { id } } }', 1 + 50],
    ['{ sites(first: 50) { edges { node { id } } totalCount } }', 1 + 50 * 2],
    ['{ sites(last: 3) { nodes { id } } }', 1 + 3],
    ['{ sites { nodes { id } } }', 1 + 20],
    ['{ sites(first: 100) { nodes { sites(first: 100) { nodes { id } } } } }', 1 + 100 * (1 + 1 + 100)],
    ['{ node { ... on Site { parent { id } } } }', 2],
    ['{ sites(first: 10) { ...C } } fragment C on SiteConnection { totalCount nodes { id } }', 1 + 10],
  ])('%s', (text, expected) => {
    expect(cost(text)).toBe(expected);
  });

  it('reads page sizes from variables and from their defaults', () => {
    const text = 'query ($n: Int = 7) { sites(first: $n) { nodes { id } } }';
    expect([cost(text), cost(text, { n: 90 })]).toEqual([1 + 7, 1 + 90]);
  });
});
