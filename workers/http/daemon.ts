import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isAdopted } from '../../src/consumers/index.js';
import { errnoOf } from '../system/fs-error.js';
import { listeningInodes } from './listening-inodes.js';
import type { Target } from './effects.js';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
}

/** The process of the running server, recognised by its command line: a pid file alone may name a stranger. */
export async function findMaster(target: Target): Promise<number | undefined> {
  const written = Number(await readText(target.consumer.daemon.pidFile(target.server)));
  if (Number.isInteger(written) && written > 0 && (await isMaster(target, written))) {
    return written;
  }
  // The machine's own server has no mark of ours: any other of its kind would look the same.
  if (isAdopted(target.server)) {
    return undefined;
  }
  // The pid file may be lost, with /run or by a hand, while the server runs.
  if (target.consumer.daemon.isOneProcess === true) {
    return findListener(target);
  }
  for (const pid of await allPids()) {
    if (await isMaster(target, pid)) {
      return pid;
    }
  }
  return undefined;
}

/** The process that takes connections now. Slower than `findMaster`, whose word is not enough where several are alike. */
export function findServing(target: Target): Promise<number | undefined> {
  return target.consumer.daemon.isOneProcess === true ? findListener(target) : findMaster(target);
}

/**
 * Of processes that look like the master, the one that listens: beyond doubt, where a pid file may name one that ends, or one that
 * has just failed to begin.
 */
export async function findListener({ consumer: { daemon }, server }: Target): Promise<number | undefined> {
  const alike = await findPids((commandLine) => daemon.isMaster(commandLine, server));
  const sockets = alike.length === 0 ? new Set<string>() : await listeningInodes();
  for (const pid of alike) {
    if (await holdsOne(pid, sockets)) {
      return pid;
    }
  }
  return undefined;
}

async function isMaster({ consumer: { daemon }, server }: Target, pid: number): Promise<boolean> {
  return (
    daemon.isMaster(await commandLineOf(pid), server) &&
    (!daemon.workersLookLikeMaster || (await processOf(pid))?.session === pid)
  );
}

/** Tells again and again, and quickly, whether this process still holds the ports that it holds now. */
export async function portsOf(pid: number): Promise<() => Promise<boolean>> {
  const sockets = await listeningInodes();
  const own = new Set(((await openFiles(pid)) ?? []).filter((file) => sockets.has(file)));
  return () => holdsOne(pid, own);
}

async function holdsOne(pid: number, sockets: ReadonlySet<string>): Promise<boolean> {
  return ((await openFiles(pid)) ?? []).some((file) => sockets.has(file));
}

/** Null: the runner is not permitted to see. */
async function openFiles(pid: number): Promise<readonly string[] | null> {
  const open = await readdir(`/proc/${pid}/fd`).catch((error: unknown) => (errnoOf(error) === 'EACCES' ? null : []));
  return open && Promise.all(open.map((fd) => linkTarget(`/proc/${pid}/fd/${fd}`)));
}

/** Workers that a master left behind when it was killed: they hold its ports, and nobody reloads them any more. */
export async function findOrphans(target: Target): Promise<readonly number[]> {
  const { consumer, server } = target;
  const { nameless } = consumer.daemon;
  // Of one process nothing is left behind: those without a port are about to end, or a successor that waits.
  if (isAdopted(server) || consumer.daemon.isOneProcess === true || (await findMaster(target)) !== undefined) {
    return [];
  }
  if (nameless === undefined) {
    const alike = await findPids((commandLine) => consumer.daemon.isMaster(commandLine, server));
    // Looked at once more: a master may have begun since.
    const masters = await Promise.all(alike.map((pid) => isMaster(target, pid)));
    return masters.includes(true) ? [] : alike;
  }
  const logs = await ownLogs(target);
  const workers = await findPids((commandLine) => nameless.isWorker(commandLine));
  const isOurs = await Promise.all(workers.map(async (pid) => (await hasNoMaster(pid)) && writesTo(pid, logs)));
  return workers.filter((_, index) => isOurs[index]);
}

/** A worker's parent runs the same program, unless it has died. */
async function hasNoMaster(pid: number): Promise<boolean> {
  const parent = (await processOf(pid))?.parent;
  const [own, its] = await Promise.all([pid, parent].map((each) => linkTarget(`/proc/${each}/exe`)));
  return own !== '' && own !== its;
}

/** The log files of this server, renamed ones included: nobody else writes to them. By inode, as a path may be one in another container. */
async function ownLogs({ consumer, server }: Target): Promise<ReadonlySet<string>> {
  const directory = server.paths.log;
  const names = await readdir(directory).catch(() => []);
  const own = names.filter((name) => name.startsWith(`${consumer.name}-`));
  const files = await Promise.all(own.map((name) => fileIdentity(join(directory, name))));
  return new Set(files.filter((file) => file !== undefined));
}

async function writesTo(pid: number, files: ReadonlySet<string>): Promise<boolean> {
  const open = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const identities = await Promise.all(open.map((fd) => fileIdentity(`/proc/${pid}/fd/${fd}`)));
  return identities.some((identity) => identity !== undefined && files.has(identity));
}

async function fileIdentity(path: string): Promise<string | undefined> {
  return stat(path).then(
    (found) => (found.isFile() ? `${found.dev}:${found.ino}` : undefined),
    () => undefined,
  );
}

export interface WorkerProcess {
  readonly pid: number;
  /** Null: the runner is not permitted to see. */
  readonly isRetiring: boolean | null;
}

/** The processes that answer requests, those included that only finish what they have begun. */
export async function findWorkers(target: Target): Promise<readonly WorkerProcess[]> {
  const master = await findMaster(target);
  if (master !== undefined && target.consumer.daemon.isOneProcess === true) {
    return [{ pid: master, isRetiring: false }];
  }
  const pids = master === undefined ? [] : await childrenOf(master);
  const isRetiring = await retirement(target);
  return Promise.all(pids.map(async (pid) => ({ pid, isRetiring: await isRetiring(pid) })));
}

async function retirement({ consumer, server }: Target): Promise<(pid: number) => Promise<boolean | null>> {
  const tells = consumer.daemon.isRetiring?.bind(consumer.daemon);
  if (tells !== undefined) {
    return async (pid) => {
      const commandLine = await commandLineOf(pid);
      return commandLine === '' || tells(commandLine);
    };
  }
  // What has closed its listening sockets can accept nothing: true of every server, whatever it says of itself.
  const sockets = await listeningInodes([server.httpPort, server.httpsPort]);
  return async (pid) => {
    const open = await openFiles(pid);
    return open === null ? null : !open.some((file) => sockets.has(file));
  };
}

/** `children` of /proc would be shorter, but it may leave some out while others end: just then it is asked. */
async function childrenOf(master: number): Promise<readonly number[]> {
  const processes = await Promise.all((await allPids()).map(processOf));
  return processes.flatMap((process) => (process?.parent === master ? [process.pid] : []));
}

async function processOf(pid: number): Promise<Process | undefined> {
  const stat = await readText(`/proc/${pid}/stat`);
  const [, parent, , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return stat === '' ? undefined : { pid, parent: Number(parent), session: Number(session) };
}

export async function findPids(isWanted: (commandLine: string) => boolean): Promise<readonly number[]> {
  const pids = await allPids();
  const lines = await Promise.all(pids.map(commandLineOf));
  return pids.filter((_, index) => isWanted(lines[index] ?? ''));
}

function commandLineOf(pid: number): Promise<string> {
  return readText(`/proc/${pid}/cmdline`);
}

function linkTarget(path: string): Promise<string> {
  return readlink(path).catch(() => '');
}

async function allPids(): Promise<readonly number[]> {
  return (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return '';
  }
}
