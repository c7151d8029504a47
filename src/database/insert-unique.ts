import type { DomainError } from '../shared/domain-error.js';
import { violatedIndex } from './database-error.js';

/** Runs an insert or update; a collision with the unique index `index` becomes the error that the caller can act on. */
export async function orTaken(index: string, write: Promise<unknown>, taken: () => DomainError): Promise<void> {
  try {
    await write;
  } catch (error) {
    throw violatedIndex(error) === index ? taken() : error;
  }
}
