import { cpus, loadavg, release, totalmem } from 'node:os';
import { run } from './processes.js';

/** The machine of a measurement, so that figures can be judged. Nothing in it names the machine. */
export async function describeMachine(): Promise<string> {
  const version = async (file: string, ...args: string[]): Promise<string> =>
    /\d+\.\d+\.\d+/.exec((await run(file, args)).output)?.[0] ?? 'unknown';
  const [nginx, mariadb, redis] = await Promise.all([
    version('nginx', '-v'),
    version('mariadbd', '--version'),
    version('redis-server', '--version'),
  ]);
  const kernel = /^\d+\.\d+(\.\d+)?/.exec(release())?.[0];
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores, ${memory} GB, Linux ${kernel}; Node.js ${process.versions.node}, nginx ${nginx}, MariaDB ${mariadb}, Redis ${redis}`;
}

export const load = (): string => loadavg()[0]!.toFixed(1);
