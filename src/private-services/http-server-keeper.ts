import { access, readFile, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from '../consumers/index.js';
import { backoffMs } from './backoff.js';
import type { Log } from './log.js';
import { commandLineOf, identify, isGoneWithin, signalProcess, type ProcessIdentity } from './process-table.js';
import { holdsPort } from './port-holder.js';

/** The web server of `hler up`, as its consumer knows it. */
export interface KeptServer {
  /** For people: `nginx`. */
  readonly name: string;
  /** The server is to run as soon as this file exists. */
  readonly configFile: string;
  readonly pidFile: string;
  readonly start: Command;
  /** Lets running requests end. */
  readonly stop: Command | NodeJS.Signals;
  /** Whether a process with this command line is the master of exactly this server. */
  readonly isMaster: (commandLine: string) => boolean;
  /** Finds the master where the pid file is not enough: several processes may be alike. */
  readonly findMaster?: () => Promise<number | undefined>;
  readonly orphans: KeptOrphans;
  /** Does this while nobody else starts, reloads or checks this server: a second start would be in the way of the first. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Workers of this server whose master was killed: they hold its ports, and keep a new master from starting. */
export interface KeptOrphans {
  find(): Promise<readonly number[]>;
  /** Idempotent; returns when they have given up the ports. */
  end(): Promise<void>;
}

/** Runs a command to its end without throwing: `runCommand` of the workers. */
export type RunKeeperCommand = (command: Command) => Promise<{ readonly ok: boolean; readonly stderr: string }>;

export type KeeperState = 'NO_CONFIGURATION' | 'RUNNING' | 'STARTED' | 'NOT_STARTED';

/** Apache reads every certificate once more by then. */
const START_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 20;
const INTERVAL_MS = 2_000;
const QUIT_WITHIN_MS = 10_000;
const TERM_WITHIN_MS = 5_000;

/**
 * Sees to it that the private web server runs whenever it has a configuration. The server is a daemon of its own and
 * goes on serving when Hlér dies; the next Hlér finds it by its pid file. A server that does not start is tried again
 * with growing pauses, and what it says against it is logged once.
 */
export class HttpServerKeeper {
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<unknown> = Promise.resolve();
  #stopped = false;
  #failures = 0;
  #lastComplaint = '';

  constructor(
    private readonly server: KeptServer,
    private readonly run: RunKeeperCommand,
    private readonly log: Log,
  ) {}

  /** Looks now and every two seconds from now on. Idempotent; does not keep the process alive. */
  start(): void {
    if (this.#timer === undefined && !this.#stopped) {
      this.#schedule(0);
    }
  }

  /** One look: starts the server when it should run and does not. */
  async look(): Promise<KeeperState> {
    if (!(await exists(this.server.configFile))) {
      return 'NO_CONFIGURATION';
    }
    return (await this.#runs()) ? 'RUNNING' : this.server.alone(() => this.#startWhereMissing());
  }

  /** Whoever had the turn before may have started it. */
  async #startWhereMissing(): Promise<KeeperState> {
    if (await this.#runs()) {
      return 'RUNNING';
    }
    await this.server.orphans.end();
    await this.#forgetStranger();
    const { ok, stderr } = await this.run(this.server.start);
    // What counts is that it runs, whoever started it.
    if ((ok && (await this.#isThereWithin(START_WITHIN_MS))) || (await this.master())) {
      this.#lastComplaint = '';
      this.log.info(`${this.server.name} is started.`);
      return 'STARTED';
    }
    this.#complain(stderr.trim().slice(-2_000));
    return 'NOT_STARTED';
  }

  async #runs(): Promise<boolean> {
    const runs = (await this.master()) !== undefined;
    this.#failures = runs ? 0 : this.#failures;
    return runs;
  }

  /** The running master, if there is one. */
  async master(): Promise<ProcessIdentity | undefined> {
    if (this.server.findMaster !== undefined) {
      const found = await this.server.findMaster();
      return found === undefined ? undefined : identify(found);
    }
    const pid = Number(await readFile(this.server.pidFile, 'utf8').catch(() => ''));
    const identity = Number.isInteger(pid) && pid > 1 ? await identify(pid) : undefined;
    const commandLine = identity && (await commandLineOf(identity.pid));
    return commandLine !== undefined && this.server.isMaster(commandLine) ? identity : undefined;
  }

  /** Whether the running master, or what is left of its server, listens on this port: then it is busy with us (for `settlePorts`). */
  async listensOn(port: number): Promise<boolean> {
    const master = await this.master();
    const pids = master === undefined ? await this.server.orphans.find() : [master.pid];
    return (await Promise.all(pids.map((pid) => holdsPort(pid, port)))).includes(true);
  }

  /**
   * Stops looking, then stops the server: gently, then with SIGTERM, then with SIGKILL of its master. Idempotent;
   * returns when the master is gone, and so are workers that it left behind.
   */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
    const master = await this.master();
    if (master !== undefined) {
      await this.#stopMaster(master);
    }
    await this.server.orphans.end();
  }

  async #stopMaster(master: ProcessIdentity): Promise<void> {
    const { stop } = this.server;
    const ok = typeof stop === 'string' ? await told(master, stop) : (await this.run(stop)).ok;
    // A configuration that has become unreadable keeps the command from finding the server: signals do not need it.
    if (ok && (await isGoneWithin(master, QUIT_WITHIN_MS))) {
      return;
    }
    this.log.warn(`${this.server.name} does not stop by itself; it is told to end at once.`);
    await signalProcess(master, 'SIGTERM');
    if (!(await isGoneWithin(master, TERM_WITHIN_MS))) {
      await signalProcess(master, 'SIGKILL');
      await isGoneWithin(master, TERM_WITHIN_MS);
    }
  }

  /** The command returns before the daemon has written its pid file: until then nobody could stop it. */
  async #isThereWithin(withinMs: number): Promise<boolean> {
    const until = performance.now() + withinMs;
    while (performance.now() < until) {
      if (await this.master()) {
        return true;
      }
      await pause(LOOK_EVERY_MS);
    }
    return false;
  }

  /** The number in the pid file may be somebody else's by now: apache would take that one for itself, and not start. */
  async #forgetStranger(): Promise<void> {
    const written = await readFile(this.server.pidFile, 'utf8').catch(() => '');
    if (written !== '' && (await this.master()) === undefined) {
      await rm(this.server.pidFile, { force: true });
    }
  }

  #schedule(inMs: number): void {
    this.#timer = setTimeout(() => {
      this.#looking = this.#lookAndGoOn();
    }, inMs).unref();
  }

  async #lookAndGoOn(): Promise<void> {
    const state = await this.look().catch((error: unknown) => {
      this.#complain(String(error));
      return 'NOT_STARTED' as const;
    });
    if (!this.#stopped) {
      this.#schedule(state === 'NOT_STARTED' ? Math.max(INTERVAL_MS, backoffMs(this.#failures)) : INTERVAL_MS);
    }
  }

  #complain(complaint: string): void {
    this.#failures += 1;
    if (complaint !== this.#lastComplaint) {
      this.#lastComplaint = complaint;
      this.log.error(`${this.server.name} does not start; it is tried again until it does.`, { complaint });
    }
  }
}

async function told(master: ProcessIdentity, signal: NodeJS.Signals): Promise<true> {
  await signalProcess(master, signal);
  return true;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
