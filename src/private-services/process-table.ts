import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** One process for good: a pid alone may be another process a moment later. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from boot to its start, as /proc has them. */
  readonly startTime: string;
}

/** What to look for: a program by the name of its file (links resolved), at work in this very directory. */
export interface ProcessQuery {
  readonly program: string;
  readonly workingDirectory: string;
}

/**
 * Processes of the program whose working directory is this directory: the same inode, not merely the same path, so that
 * a server of another container or chroot is never taken for ours. Processes that we may not look at are not found.
 */
export async function findProcesses(query: ProcessQuery): Promise<readonly ProcessIdentity[]> {
  const wanted = await stat(query.workingDirectory);
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found: ProcessIdentity[] = [];
  for (const pid of pids) {
    const identity = (await programOf(pid)) === query.program ? await identify(pid) : undefined;
    const place = identity && (await orUndefined(stat(`/proc/${pid}/cwd`)));
    if (identity && place?.ino === wanted.ino && place.dev === wanted.dev) {
      found.push(identity);
    }
  }
  return found;
}

/** The name of the file that a live process executes; undefined for a zombie, and for one that we may not look at. */
export async function programOf(pid: number): Promise<string | undefined> {
  const path = await orUndefined(readlink(`/proc/${pid}/exe`));
  // An upgrade of the package replaces the file under the running process.
  return path && basename(path.replace(/ \(deleted\)$/, ''));
}

/** The arguments of a process as it shows them, separated by blanks. */
export async function commandLineOf(pid: number): Promise<string | undefined> {
  return (await orUndefined(readFile(`/proc/${pid}/cmdline`, 'utf8')))?.replaceAll('\0', ' ').trim();
}

/** Undefined when there is no such process, or only its zombie. */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const text = await orUndefined(readFile(`/proc/${pid}/stat`, 'utf8'));
  // The name, in parentheses, may hold anything: fields are counted from behind it (proc(5): state is 3, starttime 22).
  const [state, ...rest] = text?.slice(text.lastIndexOf(')') + 2).split(' ') ?? [];
  const startTime = rest[18];
  return state === undefined || startTime === undefined || 'ZX'.includes(state) ? undefined : { pid, startTime };
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await identify(identity.pid))?.startTime === identity.startTime;
}

/** SIGTERM, then SIGKILL when it is still there after `graceMs`. Returns when it is gone. Idempotent. */
export async function endProcess(identity: ProcessIdentity, graceMs: number): Promise<void> {
  await signalProcess(identity, 'SIGTERM');
  if (!(await isGoneWithin(identity, graceMs))) {
    await signalProcess(identity, 'SIGKILL');
    await isGoneWithin(identity, 10_000);
  }
}

/** Signals this process, and no other that has come by its pid since. */
export async function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): Promise<void> {
  if (await isAlive(identity)) {
    process.kill(identity.pid, signal);
  }
}

/** Waits for a process that need not be our child. */
export async function isGoneWithin(identity: ProcessIdentity, ms: number): Promise<boolean> {
  const deadline = performance.now() + ms;
  while (await isAlive(identity)) {
    if (performance.now() > deadline) {
      return false;
    }
    await pause(20);
  }
  return true;
}

async function orUndefined<T>(look: Promise<T>): Promise<T | undefined> {
  try {
    return await look;
  } catch {
    // Gone in the meantime, or not ours to look at: both mean that it is none of our business.
    return undefined;
  }
}
