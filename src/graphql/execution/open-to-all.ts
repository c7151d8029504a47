import { Kind, type DocumentNode, type SelectionNode } from 'graphql';

import { assertNever } from '../../shared/assert-never.js';

const INTROSPECTION_FIELDS: ReadonlySet<string> = new Set(['__schema', '__type']);

/**
 * Whether somebody without a token may have this document looked at: `{ __typename }`, which only says that the API
 * answers, and introspection where that is open to all. Everything else is refused before it is validated, so that
 * no message about the schema ever reaches somebody unknown.
 */
export function isOpenToAll(document: DocumentNode, introspectionIsOpen: boolean): boolean {
  return document.definitions.every((definition) =>
    introspectionIsOpen
      ? definition.kind !== Kind.OPERATION_DEFINITION || definition.selectionSet.selections.every(isMeta)
      : definition.kind === Kind.OPERATION_DEFINITION &&
        !definition.variableDefinitions?.length &&
        !definition.directives?.length &&
        definition.selectionSet.selections.every(isBareTypename),
  );
}

/** Whether the operations ask the schema about itself at their root, in a fragment or not. */
export function asksForSchema(document: DocumentNode): boolean {
  return document.definitions.some(
    (definition) => 'selectionSet' in definition && definition.selectionSet.selections.some(isIntrospection),
  );
}

function isIntrospection(selection: SelectionNode): boolean {
  switch (selection.kind) {
    case Kind.FIELD:
      return INTROSPECTION_FIELDS.has(selection.name.value);
    case Kind.INLINE_FRAGMENT:
      return selection.selectionSet.selections.some(isIntrospection);
    case Kind.FRAGMENT_SPREAD:
      return false;
    default:
      return assertNever(selection);
  }
}

function isMeta(selection: SelectionNode): boolean {
  return isBareTypename(selection) || (selection.kind === Kind.FIELD && INTROSPECTION_FIELDS.has(selection.name.value));
}

function isBareTypename(selection: SelectionNode): boolean {
  return (
    selection.kind === Kind.FIELD &&
    selection.name.value === '__typename' &&
    !selection.arguments?.length &&
    !selection.directives?.length
  );
}
