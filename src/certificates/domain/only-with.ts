import type { Operation } from '../../operations/index.js';

/** In the input of an issue: no certificate is wanted without at least one of these names; empty: one is in any case. */
export function onlyWith({ input }: Pick<Operation, 'input'>): readonly string[] {
  return (input['onlyWith'] as readonly string[] | undefined) ?? [];
}
