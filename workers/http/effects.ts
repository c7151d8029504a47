import { errnoOf } from '../system/fs-error.js';
import type { Consumer, HttpServerSpec } from '../../src/consumers/index.js';
import { atomicWriteAll } from '../system/atomic-write.js';
import { runCommand, type RunCommand } from '../system/run-command.js';

/** What an apply does to the world besides looking at it: tests stop it at each of these. */
export interface Effects {
  readonly run: RunCommand;
  readonly write: typeof atomicWriteAll;
  readonly signal: (pid: number, signal: NodeJS.Signals) => void;
  /** How long a small server may take until a reload is in force; each virtual host adds to it. */
  readonly inForceWithinMs: number;
}

export const realEffects: Effects = {
  run: runCommand,
  write: atomicWriteAll,
  signal: (pid, signal) => {
    process.kill(pid, signal);
  },
  inForceWithinMs: 10_000,
};

/** A process that is found may have ended by the time it is told to. */
export function signalIfThere(pid: number, signal: NodeJS.Signals, effects: Pick<Effects, 'signal'>): void {
  try {
    effects.signal(pid, signal);
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') {
      throw error;
    }
  }
}

/** The web server that a batch works on. */
export interface Target {
  readonly consumer: Consumer;
  readonly server: HttpServerSpec;
  /** The live configuration. */
  readonly directory: string;
  /** Where an apply prepares its files; nobody else's, so that what a killed one left can be removed. */
  readonly workspace: string;
}

export function targetOf(consumer: Consumer, server: HttpServerSpec): Target {
  const { config, staging } = server.paths;
  const { name } = consumer;
  return { consumer, server, directory: `${config}/${name}`, workspace: `${staging}/${name}` };
}
