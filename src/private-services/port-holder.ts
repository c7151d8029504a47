import { readdir, readFile, readlink } from 'node:fs/promises';

/** Socket state 0A of /proc/net/tcp. */
const LISTEN = '0A';

/** Whether this process has a socket that listens on the port, at whatever address. False when we may not look. */
export async function holdsPort(pid: number, port: number): Promise<boolean> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  const wanted = new Set(tables.flatMap((table) => listeningInodes(table, port)).map((inode) => `socket:[${inode}]`));
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const targets = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  return targets.some((target) => wanted.has(target));
}

/** Inodes of the sockets that listen on the port, out of /proc/net/tcp or tcp6 (proc(5)). Pure. */
export function listeningInodes(table: string, port: number): readonly string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(suffix) === true && state === LISTEN)
    .map((fields) => fields[9] ?? '');
}
