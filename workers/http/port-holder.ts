import { readdir, readFile, readlink } from 'node:fs/promises';
import { listeningInodes } from './listening-inodes.js';

/** Who listens on a port, such as `nginx (process 4711)`; null: nobody; a process that the runner may not look at has no name. */
export async function portHolder(port: number): Promise<string | null> {
  const sockets = await listeningInodes([port]);
  if (sockets.size === 0) {
    return null;
  }
  for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const open = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const targets = await Promise.all(open.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
    if (targets.some((target) => sockets.has(target))) {
      const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'a process');
      return `${name.trim()} (process ${pid})`;
    }
  }
  return 'a process of another account';
}
