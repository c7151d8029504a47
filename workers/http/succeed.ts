import { constants } from 'node:fs';
import { open, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckerComplaint, ConsumerSuccession } from '../../src/consumers/index.js';
import { ensureDirectory } from '../system/atomic-write.js';
import { errnoOf, fsError } from '../system/fs-error.js';
import type { CommandResult } from '../system/run-command.js';
import { signalIfThere, type Effects, type Target } from './effects.js';
import { portsOf } from './daemon.js';

export type SuccessionEnd =
  | { readonly type: 'SUCCEEDED' }
  /** It could not be prepared: the first server was told nothing, and goes on. */
  | { readonly type: 'NOT_PREPARED'; readonly result: CommandResult; readonly complaint: CheckerComplaint }
  /** The first server had let go of the ports, and the second one could not take them. */
  | { readonly type: 'NOT_STARTED'; readonly result: CommandResult; readonly complaint: CheckerComplaint };

const LOOK_EVERY_MS = 2;
const LET_GO_WITHIN_MS = 5_000;

/**
 * Has a second server take over from `master`: see ConsumerSuccession. Killed at any point, the next call opens the gate that it
 * finds (`releaseSuccessor`): what waited there takes free ports, or ends.
 */
export async function succeed(
  target: Target,
  succession: ConsumerSuccession,
  master: number,
  effects: Effects,
): Promise<SuccessionEnd> {
  const { consumer, server, directory } = target;
  await releaseSuccessor(target);
  const holdsPorts = await portsOf(master);
  await prepare(target, succession, effects);
  const starting = effects.run(succession.start(server));
  const gate = await openWhenAwaited(succession.gate(server), starting);
  if (gate === undefined) {
    const result = await starting;
    return { type: 'NOT_PREPARED', result, complaint: consumer.complaint(result.stderr, directory) };
  }
  try {
    signalIfThere(master, consumer.daemon.reloadSignal, effects);
    await untilItLetsGo(master, holdsPorts, effects);
  } finally {
    await gate.close();
  }
  const result = await starting;
  await rm(succession.gate(server), { force: true });
  return result.ok
    ? { type: 'SUCCEEDED' }
    : { type: 'NOT_STARTED', result, complaint: consumer.complaint(result.stderr, directory) };
}

/** Idempotent. A second server that a killed apply left at its gate may go on: it finds the ports free, or taken, and ends then. */
export async function releaseSuccessor({ consumer, server }: Target): Promise<void> {
  if (consumer.succession !== undefined) {
    const path = consumer.succession.gate(server);
    await (await openForWriting(path))?.close();
    await rm(path, { force: true });
  }
}

/** Blocks nobody: a pipe that is opened for writing without waiting is refused while nobody reads it. */
async function prepare({ server }: Target, succession: ConsumerSuccession, effects: Effects): Promise<void> {
  const gate = succession.gate(server);
  const { path, content } = succession.mainFile(server);
  await ensureDirectory(path.slice(0, path.lastIndexOf('/')));
  try {
    await writeFile(path, content, { mode: 0o600 });
  } catch (error) {
    throw fsError(error, path);
  }
  const made = await effects.run({ file: 'mkfifo', args: ['-m', '600', gate], timeoutMs: 10_000 });
  if (!made.ok) {
    throw fsError(Object.assign(new Error(made.stderr), { code: made.errno ?? 'EIO' }), gate);
  }
}

/** The gate, once the second server stands before it; undefined when it ended instead. */
async function openWhenAwaited(path: string, starting: Promise<CommandResult>): Promise<FileHandle | undefined> {
  let ended = false;
  void starting.then(() => (ended = true));
  for (;;) {
    const gate = await openForWriting(path);
    if (gate !== undefined || ended) {
      return gate;
    }
    await sleep(LOOK_EVERY_MS);
  }
}

async function openForWriting(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (errnoOf(error) === 'ENXIO' || errnoOf(error) === 'ENOENT') {
      return undefined;
    }
    throw fsError(error, path);
  }
}

async function untilItLetsGo(master: number, holdsPorts: () => Promise<boolean>, effects: Effects): Promise<void> {
  const until = performance.now() + LET_GO_WITHIN_MS;
  while (await holdsPorts()) {
    if (performance.now() > until) {
      signalIfThere(master, 'SIGKILL', effects);
      return;
    }
    await sleep(LOOK_EVERY_MS);
  }
}
