import { Kind, type SelectionNode, type SelectionSetNode, type ValidationRule } from 'graphql';
import { assertNever } from '../../shared/assert-never.js';
import { measureFragments, operationsOf } from './fragments.js';
import { limitExceeded } from './limits.js';

/** Refuses documents with more than `max` fields within fields. */
export function depthLimit(max: number): ValidationRule {
  return (context) => ({
    Document(document) {
      const ofSpread = measureFragments(document, ({ selectionSet }, spread) => depthOf(selectionSet, spread));
      const actual = Math.max(0, ...operationsOf(document).map(({ selectionSet }) => depthOf(selectionSet, ofSpread)));
      if (actual > max) {
        context.reportError(limitExceeded('depth', max, actual));
      }
      return false;
    },
  });
}

function depthOf(set: SelectionSetNode | undefined, ofSpread: (name: string) => number): number {
  return set ? Math.max(0, ...set.selections.map((selection) => depthOfSelection(selection, ofSpread))) : 0;
}

function depthOfSelection(selection: SelectionNode, ofSpread: (name: string) => number): number {
  switch (selection.kind) {
    case Kind.FIELD:
      return selection.name.value.startsWith('__') ? 0 : 1 + depthOf(selection.selectionSet, ofSpread);
    case Kind.INLINE_FRAGMENT:
      return depthOf(selection.selectionSet, ofSpread);
    case Kind.FRAGMENT_SPREAD:
      return ofSpread(selection.name.value);
    default:
      return assertNever(selection);
  }
}
