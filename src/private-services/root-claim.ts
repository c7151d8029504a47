import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { errno, writeFileDurably, type StatePaths } from '../config/index.js';
import { DomainError } from '../shared/domain-error.js';

/**
 * The right to be the one `hler up` of a root: whoever holds it may stop servers that are left over there. It is a name
 * in the kernel (an abstract socket, unix(7)), which vanishes with the process however that ends, so that it is never
 * stale and never taken twice. `run/hler.pid` only tells people who has it.
 */
export class RootClaim {
  private constructor(private readonly holder: Server) {}

  /** @throws DomainError CONFIG_INVALID when another process has it */
  static async take(paths: StatePaths): Promise<RootClaim> {
    const { dev, ino } = await stat(paths.root, { bigint: true });
    const holder = createServer((connection) => connection.destroy());
    try {
      holder.listen({ path: `\0hler:${dev}:${ino}` });
      await once(holder, 'listening');
    } catch (error) {
      throw errno(error) === 'EADDRINUSE' ? await taken(paths) : error;
    }
    holder.unref();
    const claim = new RootClaim(holder);
    try {
      await writeFileDurably(pidPath(paths), `${process.pid}\n`, 0o644);
    } catch (error) {
      await claim.release();
      throw error;
    }
    return claim;
  }

  /** Idempotent. */
  async release(): Promise<void> {
    if (this.holder.listening) {
      this.holder.close();
      await once(this.holder, 'close');
    }
  }
}

function pidPath(paths: StatePaths): string {
  return join(paths.run, 'hler.pid');
}

async function taken(paths: StatePaths): Promise<DomainError> {
  const pid = await readFile(pidPath(paths), 'utf8').then(
    (text) => Number(text),
    () => null,
  );
  const who = pid === null ? 'another Hlér' : `another Hlér (process ${pid})`;
  return new DomainError(
    'CONFIG_INVALID',
    `${paths.root} is in use by ${who}. Stop that one first, or set HLER_ROOT to a directory of its own for this one.`,
    { details: { root: paths.root, pid } },
  );
}
