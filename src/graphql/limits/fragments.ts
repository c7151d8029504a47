import { Kind, type DocumentNode, type FragmentDefinitionNode, type OperationDefinitionNode } from 'graphql';

export function operationsOf(document: DocumentNode): OperationDefinitionNode[] {
  return document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
}

/**
 * `measure` for every fragment by name, each measured once however often it is spread: nested fragments would
 * otherwise multiply the work of measuring them. Within a cycle, and for an unknown name, the answer is 0; both are
 * refused by validation afterwards.
 */
export function measureFragments(
  document: DocumentNode,
  measure: (fragment: FragmentDefinitionNode, ofSpread: (name: string) => number) => number,
): (name: string) => number {
  const fragments = new Map(
    document.definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
  const known = new Map<string, number>();
  const ofSpread = (name: string): number => {
    const fragment = fragments.get(name);
    if (!known.has(name) && fragment) {
      known.set(name, 0);
      known.set(name, measure(fragment, ofSpread));
    }
    return known.get(name) ?? 0;
  };
  return ofSpread;
}
