import { execa } from 'execa';
import type { Command } from '../../src/consumers/consumer.js';
import type { Secret } from '../../src/shared/secret.js';

export interface CommandResult {
  /** `NOT_STARTED`: there is no such program, or it may not be run; `errno` says which. */
  readonly outcome: 'EXITED' | 'SIGNALLED' | 'TIMED_OUT' | 'CANCELLED' | 'NOT_STARTED';
  /** Ended by itself with exit code 0. */
  readonly ok: boolean;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly errno: string | null;
  /** The last `maxOutputBytes` of each. */
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

export interface RunOptions {
  /** Ends the command: SIGTERM to its process group, SIGKILL after `graceMs`. */
  readonly signal?: AbortSignal;
  readonly graceMs?: number;
  readonly maxOutputBytes?: number;
  /** What it reads on its standard input: nobody else can see that, and it lies in no file. Left out: there is nothing to read. */
  readonly input?: Secret;
}

export type RunCommand = (command: Command, options?: RunOptions) => Promise<CommandResult>;

const DEFAULT_GRACE_MS = 5_000;
const DEFAULT_OUTPUT_BYTES = 64 * 1024;
/** Web servers live in directories that the PATH of an ordinary account leaves out. */
const SYSTEM_DIRECTORIES = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * Runs a program to its end, in a process group of its own, without a shell. Never throws: whatever
 * happens is one shape of result. It sees only PATH, HOME, LANG=C and the command's own variables, so that no secret
 * of this process reaches it. Output beyond the bound is dropped from its beginning; errors come last.
 * When it returns after a time-out or a cancellation, nothing of the group is left running.
 */
export async function runCommand(command: Command, options: RunOptions = {}): Promise<CommandResult> {
  const startedAt = performance.now();
  const child = execa(command.file, command.args, {
    detached: true,
    reject: false,
    buffer: false,
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input.reveal() }),
    extendEnv: false,
    env: { ...baseEnvironment(), ...command.env },
  });
  const output = collectOutput(child, options.maxOutputBytes ?? DEFAULT_OUTPUT_BYTES);
  const stopper = stopOn(child, command.timeoutMs, options);
  const ended = await child;
  stopper.release();
  const notStarted = child.pid === undefined;
  const outcome =
    stopper.reason() ?? (notStarted ? 'NOT_STARTED' : ended.exitCode === undefined ? 'SIGNALLED' : 'EXITED');
  return {
    outcome,
    ok: outcome === 'EXITED' && ended.exitCode === 0,
    exitCode: ended.exitCode ?? null,
    signal: ended.signal ?? null,
    errno: notStarted ? (ended.code ?? 'UNKNOWN') : null,
    ...output(),
    durationMs: Math.round(performance.now() - startedAt),
  };
}

function baseEnvironment(): { readonly [name: string]: string } {
  const path = [...new Set([...(process.env['PATH'] ?? '').split(':').filter(Boolean), ...SYSTEM_DIRECTORIES])];
  return { PATH: path.join(':'), HOME: process.env['HOME'] ?? '/', LANG: 'C', LC_ALL: 'C' };
}

interface Child {
  readonly pid?: number;
  readonly stdout: NodeJS.ReadableStream & { destroy(): void };
  readonly stderr: NodeJS.ReadableStream & { destroy(): void };
}

function collectOutput(child: Child, maxBytes: number): () => { readonly stdout: string; readonly stderr: string } {
  const tail = (stream: NodeJS.ReadableStream): (() => string) => {
    let kept = Buffer.alloc(0);
    stream.on('data', (chunk: Buffer) => {
      kept = Buffer.concat([kept, chunk]).subarray(-maxBytes);
    });
    return () => kept.toString('utf8');
  };
  const stdout = tail(child.stdout);
  const stderr = tail(child.stderr);
  return () => ({ stdout: stdout(), stderr: stderr() });
}

interface Stopper {
  reason(): 'TIMED_OUT' | 'CANCELLED' | undefined;
  release(): void;
}

function stopOn(child: Child, timeoutMs: number, options: RunOptions): Stopper {
  let reason: 'TIMED_OUT' | 'CANCELLED' | undefined;
  let killTimer: NodeJS.Timeout | undefined;
  const stop = (why: 'TIMED_OUT' | 'CANCELLED'): void => {
    if (reason !== undefined) {
      return;
    }
    reason = why;
    signalGroup(child, 'SIGTERM');
    killTimer = setTimeout(() => {
      signalGroup(child, 'SIGKILL');
      // A grandchild that left the group may still hold the pipes: it must not hold us.
      child.stdout.destroy();
      child.stderr.destroy();
    }, options.graceMs ?? DEFAULT_GRACE_MS);
  };
  const timeout = setTimeout(() => stop('TIMED_OUT'), timeoutMs);
  const onAbort = (): void => stop('CANCELLED');
  options.signal?.addEventListener('abort', onAbort, { once: true });
  if (options.signal?.aborted === true) {
    onAbort();
  }
  return {
    reason: () => reason,
    release() {
      clearTimeout(timeout);
      clearTimeout(killTimer);
      options.signal?.removeEventListener('abort', onAbort);
      if (reason !== undefined) {
        signalGroup(child, 'SIGKILL');
      }
    },
  };
}

function signalGroup(child: Child, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) {
      process.kill(-child.pid, signal);
    }
  } catch {
    // ESRCH: nobody of the group is left, which is what was wanted.
  }
}
