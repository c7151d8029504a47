import type { Secret } from '../../shared/secret.js';
import { describe } from '../exit-with.js';

export interface OwnToken {
  make(): Promise<Secret>;
  remove(token: Secret): Promise<void>;
}

/** Works with a token that is made for that and removed after it. One that cannot be removed is told of, and changes nothing else. */
export async function withOwnToken<T>(own: OwnToken, work: (token: Secret) => Promise<T>): Promise<T> {
  const token = await own.make();
  try {
    return await work(token);
  } finally {
    await own.remove(token).catch((error: unknown) => {
      process.stderr.write(`The token of this run could not be removed, and expires by itself.\n${describe(error)}\n`);
    });
  }
}
