import DataLoader from 'dataloader';
import type { GraphqlContext } from './graphql-context.js';

/** Loads many at once. Keys that are missing from the answer resolve to null. */
export type LoadMany<K, V> = (keys: readonly K[]) => Promise<ReadonlyMap<K, V>>;

/**
 * The loader of this name for this request, made at first use: all `load(key)` calls of one tick become one
 * `loadMany`, and a key is loaded once per request (per event, in a subscription). The name stands for the batch
 * function, so use one name for one purpose: `'platform.byId'`; what else the batch depends on belongs to the name.
 * Nothing is loaded any more once the caller has left.
 */
export function requestLoader<K, V>(
  context: Pick<GraphqlContext, 'loaders' | 'signal'>,
  name: string,
  loadMany: LoadMany<K, V>,
): DataLoader<K, V | null> {
  const known = context.loaders.get(name);
  if (known) {
    return known as DataLoader<K, V | null>;
  }
  const loader = new DataLoader<K, V | null>(async (keys) => {
    context.signal.throwIfAborted();
    const found = await loadMany(keys);
    return keys.map((key) => found.get(key) ?? null);
  });
  context.loaders.set(name, loader);
  return loader;
}
