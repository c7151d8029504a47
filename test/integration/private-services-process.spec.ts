import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createConnection } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identify } from '../../src/private-services/process-table.js';
import { PrivateServices } from '../../src/private-services/index.js';
import { eventually } from '../support/eventually.js';
import { aLog, aPrivateRoot, runningServers, type PrivateRoot } from '../support/private-root.js';

const CHILD = fileURLToPath(new URL('private-services-child.ts', import.meta.url));
const isRoot = process.geteuid?.() === 0;
const NOBODY = 65_534;

let root: PrivateRoot;
let child: ChildProcess | undefined;

interface Pids {
  readonly mariadb: number;
  readonly redis: number;
}

/** `hler up` in a process of its own; returns when it is ready. */
async function startChild(...prefix: readonly string[]): Promise<Pids> {
  return startChildWith([], prefix);
}

async function startChildWith(extra: readonly string[], prefix: readonly string[] = []): Promise<Pids> {
  const node = [process.execPath, '--import', '@oxc-node/core/register', CHILD, root.config.paths.root, ...extra];
  const [file = '', ...args] = [...prefix, ...node];
  child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const complaint = text(child.stderr!);
  const output = createInterface({ input: child.stdout! });
  const [line] = (await Promise.race([once(output, 'line'), once(output, 'close')])) as [string?];
  if (line === undefined) {
    throw new Error(`The process ended before its services were ready: ${await complaint}`);
  }
  return JSON.parse(line) as Pids;
}

async function endChild(signal: NodeJS.Signals): Promise<void> {
  child?.kill(signal);
  if (child && child.exitCode === null && child.signalCode === null) {
    await once(child, 'exit');
  }
}

beforeEach(async () => {
  root = await aPrivateRoot();
});

afterEach(async () => {
  await endChild('SIGKILL');
  child = undefined;
  await root.remove();
});

describe('a process with private services', () => {
  it('takes them along when it ends in order', async () => {
    await startChild();
    await endChild('SIGTERM');
    expect(child?.exitCode).toBe(0);
    expect(await runningServers(root.config)).toEqual([]);
  });

  it('takes them along when it ends without order', async () => {
    const pids = await startChildWith(['exit']);
    await eventually(async () =>
      expect(await Promise.all(Object.values(pids).map(identify))).toEqual([undefined, undefined]),
    );
  });

  it('leaves them to the next one when it is killed, which stops them and starts its own', async () => {
    const before = await startChild();
    await endChild('SIGKILL');
    expect(await runningServers(root.config)).toEqual([before.mariadb, before.redis]);

    const log = aLog();
    const services = await PrivateServices.start(root.config, log, { durability: 'relaxed' });
    const connection = await createConnection(services.databaseUrl.reveal());
    await connection.end();
    expect(await Promise.all(Object.values(before).map(identify))).toEqual([undefined, undefined]);
    expect(log.lines.filter((line) => line.includes('still runs from an earlier start'))).toHaveLength(2);
    await services.stop();
  });

  it.runIf(isRoot)('works as an ordinary user, and says so where that user may not write', async (context) => {
    const mayRead = ['--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups'];
    try {
      execFileSync('setpriv', [
        ...mayRead,
        process.execPath,
        '-e',
        `require('fs').accessSync(${JSON.stringify(CHILD)})`,
      ]);
    } catch {
      context.skip('an ordinary user cannot read this checkout');
    }
    await chmod(root.config.paths.root, 0o755);
    await expect(startChild('setpriv', ...mayRead)).rejects.toThrow('READ_ONLY');
    await chown(root.config.paths.root, NOBODY, NOBODY);
    const pids = await startChild('setpriv', ...mayRead);
    expect((await stat(`/proc/${pids.mariadb}`)).uid).toBe(NOBODY);
    expect((await stat(`/proc/${pids.redis}`)).uid).toBe(NOBODY);
    // Killed and started again: an ordinary user recognises its own leftovers as well.
    await endChild('SIGKILL');
    const again = await startChild('setpriv', ...mayRead);
    expect(again.mariadb).not.toBe(pids.mariadb);
    expect(await identify(pids.mariadb)).toBeUndefined();
    await endChild('SIGTERM');
    expect(await runningServers(root.config)).toEqual([]);
  });
});
