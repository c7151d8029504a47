import { open, readdir, readFile, stat } from 'node:fs/promises';
import { DomainError } from '../../src/shared/domain-error.js';
import { later } from '../../src/shared/failure.js';
import type { CommandResult } from '../system/run-command.js';
import type { Effects, Target } from './effects.js';

/** The process of the running server, recognised by its command line: a pid file alone may name a stranger. */
export async function findMaster(target: Target): Promise<number | undefined> {
  const written = Number(await readText(target.consumer.daemon.pidFile(target.server)));
  if (Number.isInteger(written) && written > 0 && (await isMaster(target, written))) {
    return written;
  }
  // The pid file may be lost, with /run or by a hand, while the server runs.
  for (const pid of await allPids()) {
    if (await isMaster(target, pid)) {
      return pid;
    }
  }
  return undefined;
}

async function isMaster({ consumer, server }: Target, pid: number): Promise<boolean> {
  return consumer.daemon.isMaster(await readText(`/proc/${pid}/cmdline`), server);
}

export interface WorkerProcess {
  readonly pid: number;
  readonly isRetiring: boolean;
}

/** The processes that answer requests, those included that only finish what they have begun. */
export async function findWorkers(target: Target): Promise<readonly WorkerProcess[]> {
  const master = await findMaster(target);
  const workers: WorkerProcess[] = [];
  for (const pid of master === undefined ? [] : await allPids()) {
    if ((await parentOf(pid)) === master) {
      const commandLine = await readText(`/proc/${pid}/cmdline`);
      workers.push({ pid, isRetiring: commandLine === '' || target.consumer.daemon.isRetiring(commandLine) });
    }
  }
  return workers;
}

/** `children` of /proc would be shorter, but it may leave some out while others end: just then it is asked. */
async function parentOf(pid: number): Promise<number> {
  const stat = await readText(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

async function allPids(): Promise<readonly number[]> {
  return (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number);
}

/**
 * Makes the live configuration the one in force as soon as the server has read it: this returns before that.
 * @throws DomainError HTTP_SERVER_MISSING, PORT_IN_USE, HTTP_SERVER_DOWN
 */
export async function reloadOrStart(target: Target, effects: Effects): Promise<'RELOADED' | 'STARTED'> {
  const master = await findMaster(target);
  if (master !== undefined) {
    effects.signal(master, target.consumer.daemon.reloadSignal);
    return 'RELOADED';
  }
  const result = await effects.run(target.consumer.commands.start(target.server));
  if (result.ok) {
    return 'STARTED';
  }
  // Whoever keeps the server running may have started it in the same moment: then this start found the ports taken.
  const other = await findMaster(target);
  if (other === undefined) {
    throw startFailure(target, result);
  }
  effects.signal(other, target.consumer.daemon.reloadSignal);
  return 'RELOADED';
}

function startFailure(target: Target, result: CommandResult): DomainError {
  const missing = programMissing(target, result);
  if (missing !== undefined) {
    return missing;
  }
  const { name, daemon } = target.consumer;
  const complaint = target.consumer.complaint(result.stderr, target.directory);
  const details = { checker: complaint.sentence, errorLog: daemon.errorLog(target.server) };
  if (complaint.bind?.inUse === true) {
    const { address } = complaint.bind;
    return new DomainError('PORT_IN_USE', `${name} cannot start: another process listens on ${address}.`, {
      details: { ...details, address, port: Number(address.split(':').at(-1)) },
      retry: later(60_000),
    });
  }
  return new DomainError('HTTP_SERVER_DOWN', `${name} does not start: ${complaint.sentence}`, { details });
}

/** The answer to a command that could not even be started. */
export function programMissing({ consumer }: Target, result: CommandResult): DomainError | undefined {
  return result.outcome === 'NOT_STARTED'
    ? new DomainError('HTTP_SERVER_MISSING', `${consumer.name} is not installed, or cannot be run.`, {
        details: { program: consumer.name, errno: result.errno },
      })
    : undefined;
}

/** Remembers where the error log ends, so that what the server says from now on can be read. */
export async function errorLogFromHere(target: Target): Promise<() => Promise<string | undefined>> {
  const path = target.consumer.daemon.errorLog(target.server);
  const offset = await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
  return async () => {
    const added = await readFrom(path, offset);
    if (!added.includes('[emerg]')) {
      return undefined;
    }
    // A second server that lost the race for the ports complains into the same log: only the one that runs is asked.
    const master = await findMaster(target);
    const its = added.split('\n').filter((line) => master === undefined || line.includes(`[emerg] ${master}#`));
    return its.length === 0 ? undefined : target.consumer.complaint(its.join('\n'), target.directory).sentence;
  };
}

async function readFrom(path: string, offset: number): Promise<string> {
  const buffer = Buffer.alloc(64 * 1024);
  try {
    const handle = await open(path);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset).finally(() => void handle.close());
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return '';
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return '';
  }
}
