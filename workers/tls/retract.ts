import type { TaskContext } from '../protocol.js';
import { retractionSchema } from './place-schema.js';
import type { TlsStorePlaces } from './store-places.js';
import { TlsStore } from './tls-store.js';

/** The undo of a task that put a generation in force: what was in force before is so again, and a key that was new is gone. Idempotent. */
export async function retract(
  place: TlsStorePlaces & { readonly certificateId: string },
  undo: unknown,
  what: string,
  context: TaskContext,
): Promise<void> {
  const { spki, generation } = retractionSchema.parse(undo);
  const store = await TlsStore.open(place);
  await store.retract(place.certificateId, spki, generation);
  context.log('INFO', `Took back ${what} in ${place.tlsDirectory}/${spki}.`);
}
