import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';

const PROGRAMS = ['8.2', '8.3', '8.4', ''].map((version) => `/usr/sbin/php-fpm${version}`);
const isRoot = process.getuid?.() === 0;

/** The real PHP-FPM in a directory of its own: one pool for each name, with a socket in `directory`. */
export class PrivateFpm {
  private constructor(
    readonly directory: string,
    private readonly child: ChildProcess,
  ) {}

  /** PHP of a pool finds the pool's name in the environment variable POOL. */
  static async start(...pools: readonly string[]): Promise<PrivateFpm> {
    const directory = await mkdtemp(join(tmpdir(), 'hler-fpm-'));
    // Workers of the web server run as another account, and look for the sockets.
    await chmod(directory, 0o755);
    const config = [`[global]\nerror_log = ${directory}/fpm.log`, ...pools.map((name) => pool(directory, name))];
    await writeFile(`${directory}/fpm.conf`, `${config.join('\n\n')}\n`);
    const child = spawn(await program(), ['-F', '-n', '-y', `${directory}/fpm.conf`], { stdio: 'ignore' });
    const fpm = new PrivateFpm(directory, child);
    await eventually(() => Promise.all(pools.map((name) => stat(fpm.socket(name))))).catch(async () => {
      throw new Error(`PHP-FPM does not start: ${await readFile(`${directory}/fpm.log`, 'utf8')}`);
    });
    return fpm;
  }

  socket(pool: string): string {
    return `${this.directory}/${pool}.sock`;
  }

  async remove(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGTERM');
      await once(this.child, 'exit');
    }
    await rm(this.directory, { recursive: true });
  }
}

function pool(directory: string, name: string): string {
  const account = ['user = www-data', 'group = www-data', 'listen.owner = www-data', 'listen.group = www-data'];
  return [
    `[${name}]`,
    ...(isRoot ? account : []),
    `listen = ${directory}/${name}.sock`,
    'pm = ondemand',
    'pm.max_children = 4',
    'clear_env = yes',
    `env[POOL] = ${name}`,
  ].join('\n');
}

async function program(): Promise<string> {
  for (const path of PROGRAMS) {
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    ) {
      return path;
    }
  }
  throw new Error('PHP-FPM is not installed: apt-get install php-fpm');
}
