import { Kind, type SelectionNode, type SelectionSetNode, type ValidationRule } from 'graphql';
import { assertNever } from '../../shared/assert-never.js';
import { measureFragments, operationsOf } from './fragments.js';
import { limitExceeded } from './limits.js';

/** Refuses operations that hold more than `max` queries or mutations, fragments counted out. */
export function rootFieldLimit(max: number): ValidationRule {
  return (context) => ({
    Document(document) {
      const ofSpread = measureFragments(document, ({ selectionSet }, spread) => fieldsIn(selectionSet, spread));
      const actual = Math.max(0, ...operationsOf(document).map(({ selectionSet }) => fieldsIn(selectionSet, ofSpread)));
      if (actual > max) {
        context.reportError(limitExceeded('rootFields', max, actual));
      }
      return false;
    },
  });
}

function fieldsIn({ selections }: SelectionSetNode, ofSpread: (name: string) => number): number {
  return selections.reduce((sum, selection) => sum + fieldsOf(selection, ofSpread), 0);
}

function fieldsOf(selection: SelectionNode, ofSpread: (name: string) => number): number {
  switch (selection.kind) {
    case Kind.FIELD:
      return 1;
    case Kind.INLINE_FRAGMENT:
      return fieldsIn(selection.selectionSet, ofSpread);
    case Kind.FRAGMENT_SPREAD:
      return ofSpread(selection.name.value);
    default:
      return assertNever(selection);
  }
}
