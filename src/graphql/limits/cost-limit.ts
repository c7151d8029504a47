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
  type GraphQLField,
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
 * How many objects the answer can hold and look-ups it can take: a field counts what its decorator declares as
 * `complexity`, else 1 when it has fields of its own, else 0; a list counts each of its items besides. A page is as
 * long as `first` or `last` says, variables included, else as the default of the argument. Expects a valid document.
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
  if (!field) {
    return 0;
  }
  const type = getNamedType(field.type);
  const own = costDeclaredBy(field) ?? (isCompositeType(type) ? 1 : 0);
  const each = node.selectionSet && isCompositeType(type) ? costOfSet(node.selectionSet, type, measuring) : 0;
  const isList = isListType(getNullableType(field.type));
  if (field.args.some(({ name }) => name === 'first')) {
    // The lists within a connection count its rows; one that is asked for none of them has read them all the same.
    return own + pageSize(node, field, measuring.variables) * (isList ? 1 + each : Math.max(1, each));
  }
  return isList && own > 0 && !siblings['pageInfo'] ? own + UNPAGED_LIST_LENGTH * (1 + each) : own + each;
}

/** The `complexity` of the decorator of the field. */
function costDeclaredBy({ extensions }: GraphQLField<unknown, unknown>): number | undefined {
  return typeof extensions['complexity'] === 'number' ? extensions['complexity'] : undefined;
}

function fieldsOf(type: GraphQLCompositeType): Partial<GraphQLFieldMap<unknown, unknown>> {
  return isUnionType(type) ? {} : type.getFields();
}

function pageSize(node: FieldNode, field: GraphQLField<unknown, unknown>, variables: Measuring['variables']): number {
  const given = ['first', 'last']
    .map((name) => node.arguments?.find((argument) => argument.name.value === name))
    .map((argument) => argument && valueFromASTUntyped(argument.value, variables))
    .filter((value) => typeof value === 'number');
  const byDefault: unknown = field.args.find(({ name }) => name === 'first')?.defaultValue;
  const otherwise = typeof byDefault === 'number' ? byDefault : DEFAULT_PAGE_SIZE;
  return Math.max(0, ...(given.length > 0 ? given : [otherwise]));
}

function defaultsOf({ variableDefinitions = [] }: OperationDefinitionNode): Record<string, unknown> {
  return Object.fromEntries(
    variableDefinitions
      .filter(({ defaultValue }) => defaultValue !== undefined)
      .map(({ variable, defaultValue }) => [variable.name.value, defaultValue && valueFromASTUntyped(defaultValue)]),
  );
}
