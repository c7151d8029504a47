import { readdir, readFile, readlink } from 'node:fs/promises';

export interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  /** Name of the program. */
  readonly name: string;
  readonly commandLine: string;
}

/** What runs for this root: started with it in an argument or in HLER_ROOT, at work in it, or a child of such a process. */
export async function processesOf(root: string): Promise<readonly RunningProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const all = (await Promise.all(pids.map((pid) => look(pid, root)))).filter((found) => found !== undefined);
  const found = new Set(all.filter(({ isOurs }) => isOurs).map(({ pid }) => pid));
  for (let before = 0; before !== found.size;) {
    before = found.size;
    all.filter(({ parent }) => found.has(parent)).forEach(({ pid }) => found.add(pid));
  }
  return all.filter(({ pid }) => found.has(pid) && pid !== process.pid);
}

async function look(pid: number, root: string): Promise<(RunningProcess & { readonly isOurs: boolean }) | undefined> {
  const [stat, commandLine, environment, directory] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''),
    readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
    readFile(`/proc/${pid}/environ`, 'utf8').catch(() => ''),
    readlink(`/proc/${pid}/cwd`).catch(() => ''),
  ]);
  const [state = 'X', parent = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if ('XZ'.includes(state)) {
    return undefined;
  }
  const isOurs =
    (commandLine.startsWith('nginx: worker') && (await hasOpen(pid, root))) ||
    `${directory}/`.startsWith(`${root}/`) ||
    commandLine.includes(`${root}/`) ||
    environment.split('\0').includes(`HLER_ROOT=${root}`);
  const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
  return { pid, parent: Number(parent), name, commandLine: commandLine.replaceAll('\0', ' ').trim(), isOurs };
}

/** nginx workers whose master is dead show nothing else of where they belong. */
async function hasOpen(pid: number, root: string): Promise<boolean> {
  const directory = `/proc/${pid}/fd`;
  const files = await readdir(directory).catch(() => []);
  const targets = await Promise.all(files.map((file) => readlink(`${directory}/${file}`).catch(() => '')));
  return targets.some((target) => target.startsWith(`${root}/`));
}
