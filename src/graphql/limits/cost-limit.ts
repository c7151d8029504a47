import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isUnionType,
  Kind,
  valueFromASTUntyped,
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLError,
  type GraphQLFieldMap,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { assertNever } from '../../shared/assert-never.js';
import { DEFAULT_PAGE_SIZE } from '../paging/page.js';
import { measureFragments } from './fragments.js';
import { limitExceeded } from './limits.js';

/** How long a list without paging is taken to be: the tasks of an operation, the aliases of a site. */
const UNPAGED_LIST_LENGTH = 10;

interface Measuring {
  readonly schema: GraphQLSchema;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly ofSpread: (name: string) => number;
}

/**
 * How many objects the answer can hold: each field with fields of its own counts 1, times the length of the lists it
 * lies in. A connection is as long as `first` or `last` says, variables included. Expects a valid document.
 */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>> = {},
): number {
  const variables = { ...defaultsOf(operation), ...given };
  const ofSpread = measureFragments(document, ({ typeCondition, selectionSet }, spread) => {
    const type = schema.getType(typeCondition.name.value);
    return isCompositeType(type) ? costOfSet(selectionSet, type, { schema, variables, ofSpread: spread }) : 0;
  });
  const root = schema.getRootType(operation.operation);
  return root ? costOfSet(operation.selectionSet, root, { schema, variables, ofSpread }) : 0;
}

export function costExceeded(max: number, cost: number): GraphQLError | undefined {
  return cost > max ? limitExceeded('cost', max, cost) : undefined;
}

function costOfSet(set: SelectionSetNode, parent: GraphQLCompositeType, measuring: Measuring): number {
  return set.selections.reduce((sum, selection) => sum + costOfSelection(selection, parent, measuring), 0);
}

function costOfSelection(node: SelectionNode, parent: GraphQLCompositeType, measuring: Measuring): number {
  switch (node.kind) {
    case Kind.FIELD:
      return costOfField(node, parent, measuring);
    case Kind.FRAGMENT_SPREAD:
      return measuring.ofSpread(node.name.value);
    case Kind.INLINE_FRAGMENT: {
      const type = node.typeCondition && measuring.schema.getType(node.typeCondition.name.value);
      return costOfSet(node.selectionSet, isCompositeType(type) ? type : parent, measuring);
    }
    default:
      return assertNever(node);
  }
}

function costOfField(node: FieldNode, parent: GraphQLCompositeType, measuring: Measuring): number {
  const siblings = fieldsOf(parent);
  const field = siblings[node.name.value];
  const type = field && getNamedType(field.type);
  if (!field || !node.selectionSet || !isCompositeType(type)) {
    return 0;
  }
  const paged = field.args.some(({ name }) => name === 'first');
  const each = costOfSet(node.selectionSet, type, measuring);
  if (paged) {
    return 1 + pageSize(node, measuring.variables) * each;
  }
  const unpagedList = isListType(getNullableType(field.type)) && !siblings['pageInfo'];
  return unpagedList ? UNPAGED_LIST_LENGTH * (1 + each) : 1 + each;
}

function fieldsOf(type: GraphQLCompositeType): Partial<GraphQLFieldMap<unknown, unknown>> {
  return isUnionType(type) ? {} : type.getFields();
}

function pageSize(node: FieldNode, variables: Measuring['variables']): number {
  const given = ['first', 'last']
    .map((name) => node.arguments?.find((argument) => argument.name.value === name))
    .map((argument) => argument && valueFromASTUntyped(argument.value, variables))
    .filter((value) => typeof value === 'number');
  return Math.max(0, ...(given.length > 0 ? given : [DEFAULT_PAGE_SIZE]));
}

function defaultsOf({ variableDefinitions = [] }: OperationDefinitionNode): Record<string, unknown> {
  return Object.fromEntries(
    variableDefinitions
      .filter(({ defaultValue }) => defaultValue !== undefined)
      .map(({ variable, defaultValue }) => [variable.name.value, defaultValue && valueFromASTUntyped(defaultValue)]),
  );
}
