import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from './eventually.js';

export interface ChildServer {
  readonly pid: number;
  /** What it has said so far. */
  output(): string;
  stop(): Promise<void>;
}

/** Runs a real server until the test stops it; returns when `isReady` does not throw. Throws with its output when it dies before. */
export async function startChildServer(
  file: string,
  args: readonly string[],
  {
    env = {},
    isReady,
    onOutput,
  }: {
    readonly env?: NodeJS.ProcessEnv;
    readonly isReady: () => unknown;
    /** Told of everything that it says; `output()` keeps the last of it only. */
    readonly onOutput?: ((chunk: string) => void) | undefined;
  },
): Promise<ChildServer> {
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin`, ...env },
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-200_000);
    onOutput?.(chunk.toString());
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}: ${output}`)));
  });
  failed.catch(() => undefined);
  try {
    await Promise.race([failed, eventually(isReady, 15_000, 20)]);
  } catch (error) {
    await end(child);
    throw error;
  }
  return { pid: child.pid ?? 0, output: () => output, stop: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    child.kill('SIGTERM');
    const exited = once(child, 'exit');
    const timer = setTimeout(() => child.kill('SIGKILL'), 3_000);
    await exited;
    clearTimeout(timer);
  }
}
