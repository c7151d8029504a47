import { readFile } from 'node:fs/promises';

/** State of a socket that listens, in /proc/net/tcp (proc(5)). */
const LISTEN = '0A';

/** The sockets that listen on these ports (left out: on any), as /proc/<pid>/fd names them. */
export async function listeningInodes(ports?: readonly number[]): Promise<ReadonlySet<string>> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  return new Set(tables.flatMap((table) => inodesIn(table, ports)).map((inode) => `socket:[${inode}]`));
}

/** Pure. */
export function inodesIn(table: string, ports?: readonly number[]): readonly string[] {
  const endings = ports?.map((port) => `:${port.toString(16).toUpperCase().padStart(4, '0')}`);
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, local = '', , state]) => state === LISTEN && (endings?.some((ending) => local.endsWith(ending)) ?? true),
    )
    .map((fields) => fields[9] ?? '');
}
