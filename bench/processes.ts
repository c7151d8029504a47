import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** What one program of a tree of processes has used. */
export interface Usage {
  readonly program: string;
  readonly cpuMs: number;
  readonly rssMb: number;
  /** Shared pages counted once among those that share them. */
  readonly pssMb: number;
}

/**
 * Usage by program of the processes that name `directory` in their command line, of `pid`, and of the children of both,
 * threads included. What processes that have ended had used is not in it.
 */
export function usageOf(directory: string, pid?: number): readonly Usage[] {
  const isOurs = (one: string): boolean => Number(one) === pid || text(`/proc/${one}/cmdline`).includes(directory);
  const usages = new Map<string, Usage>();
  for (const one of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)) {
    const { parent, ...used } = usage(one);
    if (isOurs(one) || (isOurs(parent) && Number(parent) !== process.pid)) {
      const sum = usages.get(used.program);
      usages.set(used.program, {
        program: used.program,
        cpuMs: used.cpuMs + (sum?.cpuMs ?? 0),
        rssMb: used.rssMb + (sum?.rssMb ?? 0),
        pssMb: used.pssMb + (sum?.pssMb ?? 0),
      });
    }
  }
  return [...usages.values()];
}

export const cpuMsOf = (usages: readonly Usage[]): number => usages.reduce((sum, { cpuMs }) => sum + cpuMs, 0);

/** What the children of this process that have ended had used, theirs included. */
export function endedChildrenCpuMs(): number {
  const [user, system] = cpuFields('self').slice(2);
  return ticks(user, system);
}

/** What a process has used so far, its threads included, its children not. */
export function processCpuMs(pid: number): number {
  const [user, system] = cpuFields(String(pid));
  return ticks(user, system);
}

/** `utime stime cutime cstime` of proc(5). */
function cpuFields(pid: string): readonly string[] {
  const stat = text(`/proc/${pid}/stat`);
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15);
}

const ticks = (user = '0', system = '0'): number => ((Number(user) + Number(system)) * 1000) / TICKS_PER_SECOND;

function usage(pid: string): Usage & { readonly parent: string } {
  const stat = text(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const memory = text(`/proc/${pid}/smaps_rollup`);
  const megabytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(memory)?.[1] ?? 0) / 1024;
  return {
    parent: fields[1] ?? '',
    program: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
    cpuMs: ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND,
    rssMb: megabytes('Rss'),
    pssMb: megabytes('Pss'),
  };
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a program to its end. */
export async function run(file: string, args: readonly string[], options: SpawnOptions = {}): Promise<Ran> {
  const child = spawn(file, [...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

/** @throws Error with what the program said when it failed */
export async function mustRun(file: string, args: readonly string[], options: SpawnOptions = {}): Promise<string> {
  const { code, output } = await run(file, args, options);
  if (code !== 0) {
    throw new Error(`${file} ${args.join(' ')} ended with ${String(code)}:\n${output}`);
  }
  return output;
}

export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, 'exit');
  }
}
