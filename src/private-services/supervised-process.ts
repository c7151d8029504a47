import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { asWorldError } from '../config/index.js';
import { DomainError } from '../shared/domain-error.js';
import type { ErrorCode } from '../shared/error-catalogue.js';
import { backoffMs } from './backoff.js';
import type { Log } from './log.js';
import type { Account } from './service-user.js';

/** A server that runs in the foreground as our child. */
export interface ServerProgram {
  /** For people: `MariaDB`. */
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: { readonly [name: string]: string };
  /** Who it runs as; null: as we do. */
  readonly account: Account | null;
  /** Its output is appended here. A file and no pipe: it may have to outlive us for a while. */
  readonly logFile: string;
  /** Whether it answers requests now. Must not throw, and not take long. */
  readonly answers: () => Promise<boolean>;
  readonly readyWithinMs: number;
  readonly stopWithinMs: number;
  /** The code of the error when it does not come up. */
  readonly unavailable: ErrorCode;
}

/** One that ran at least this long before it crashed is started again at once: its failures are not a row. */
const STABLE_MS = 60_000;

/**
 * Keeps a server running until it is told to stop: a crash is logged and followed by a new start, with growing pauses.
 * The server has a session of its own, so that Ctrl-C in the terminal reaches us alone and things stop in order.
 */
export class SupervisedProcess {
  #child: ChildProcess | undefined;
  readonly #stopping = new AbortController();
  #supervision: Promise<void> = Promise.resolve();
  // An exit without stop() (an uncaught error) must not leave the server behind.
  readonly #onExit = () => this.#child?.kill('SIGTERM');

  private constructor(
    private readonly program: ServerProgram,
    private readonly log: Log,
  ) {}

  /**
   * Starts the server and waits until it answers.
   * @throws DomainError with the code `program.unavailable` when it does not; nothing is left running then
   */
  static async start(program: ServerProgram, log: Log): Promise<SupervisedProcess> {
    const supervised = new SupervisedProcess(program, log);
    process.on('exit', supervised.#onExit);
    try {
      const child = await supervised.#run();
      supervised.#supervision = supervised.#supervise(child);
    } catch (error) {
      await supervised.stop();
      throw error;
    }
    return supervised;
  }

  /** Undefined while it is down between a crash and the next start. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** SIGTERM, then SIGKILL after `stopWithinMs`. Idempotent; returns when the server has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#end();
    await this.#supervision;
    process.off('exit', this.#onExit);
  }

  async #supervise(first: ChildProcess): Promise<void> {
    let child: ChildProcess | undefined = first;
    let failures = 0;
    while (child !== undefined) {
      const since = performance.now();
      await ended(child);
      failures = performance.now() - since > STABLE_MS ? 0 : failures + 1;
      child = await this.#restart(child, failures);
    }
  }

  /** Tries until the server answers again; undefined when it is to stop. */
  async #restart(crashed: ChildProcess, failuresBefore: number): Promise<ChildProcess | undefined> {
    let failures = failuresBefore;
    let reason = `${this.program.name} ${howItEnded(crashed)}`;
    while (!this.#stopping.signal.aborted) {
      const delayMs = backoffMs(failures - 1);
      this.log.warn(`${reason}; it is started again in ${delayMs} ms.`, { log: this.program.logFile });
      try {
        await pause(delayMs, undefined, { signal: this.#stopping.signal });
        const child = await this.#run();
        this.log.info(`${this.program.name} runs again.`, { pid: child.pid });
        return child;
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
        failures += 1;
      }
    }
    return undefined;
  }

  async #run(): Promise<ChildProcess> {
    this.#stopping.signal.throwIfAborted();
    const child = await this.#spawn();
    try {
      await this.#untilItAnswers(child);
    } catch (error) {
      await this.#end();
      throw error;
    }
    return child;
  }

  async #spawn(): Promise<ChildProcess> {
    const { file, args, cwd, env, account, logFile } = this.program;
    const output = await open(logFile, 'a', 0o640).catch((error: unknown) => {
      throw asWorldError(error, logFile);
    });
    try {
      const child = spawn(file, args, {
        cwd,
        env,
        detached: true,
        stdio: ['ignore', output.fd, output.fd],
        ...(account && { uid: account.uid, gid: account.gid }),
      });
      this.#child = child;
      // A program that cannot be started has neither pid nor exit code: `hasEnded` sees that.
      child.on('error', (error) => this.log.error(`${this.program.name} could not be started: ${error.message}`));
      return child;
    } finally {
      await output.close();
    }
  }

  async #untilItAnswers(child: ChildProcess): Promise<void> {
    const deadline = performance.now() + this.program.readyWithinMs;
    while (!(await this.program.answers())) {
      this.#stopping.signal.throwIfAborted();
      if (hasEnded(child)) {
        throw this.#unavailable(howItEnded(child));
      }
      if (performance.now() > deadline) {
        throw this.#unavailable(`does not answer ${Math.round(this.program.readyWithinMs / 1000)} s after its start`);
      }
      await pause(20, undefined, { signal: this.#stopping.signal });
    }
  }

  #unavailable(what: string): DomainError {
    const { name, logFile, unavailable } = this.program;
    return new DomainError(unavailable, `The private ${name} ${what}: its log, ${logFile}, says why.`, {
      details: { log: logFile },
      hint: `Mend what ${logFile} complains about, then start Hlér again.`,
    });
  }

  async #end(): Promise<void> {
    const child = this.#child;
    if (child === undefined || hasEnded(child)) {
      return;
    }
    const force = setTimeout(() => {
      this.log.warn(`${this.program.name} does not stop; it is killed.`);
      child.kill('SIGKILL');
    }, this.program.stopWithinMs);
    child.kill('SIGTERM');
    await ended(child);
    clearTimeout(force);
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

async function ended(child: ChildProcess): Promise<void> {
  if (!hasEnded(child)) {
    await once(child, 'exit');
  }
}

function howItEnded(child: ChildProcess): string {
  if (child.pid === undefined) {
    return 'could not be started';
  }
  return child.signalCode === null
    ? `ended with exit status ${child.exitCode}`
    : `was ended by the signal ${child.signalCode}`;
}
