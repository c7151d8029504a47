import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { parseDatabaseUrl } from '../../src/config/connection-url.js';
import { statePaths } from '../../src/config/state-paths.js';
import { privateUrls } from '../../src/private-services/index.js';
import { ApiClient } from './api-client.js';
import { askSite, type SiteAnswer, type SitePorts } from './ask-site.js';
import { eventually } from './eventually.js';
import { freePorts } from './free-ports.js';
import { processesOf, type RunningProcess } from './processes-of.js';

const run = promisify(execFile);
export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
export const BIN = join(REPOSITORY, 'bin/hler.js');
export const START_WITHIN_MS = 60_000;

type Environment = Readonly<Record<string, string>>;

export interface HlerOptions {
  /** More environment, such as HLER_GRAPHIQL. */
  readonly env?: Environment | (() => Environment);
  /** Who it runs as; by default whoever runs the tests. Needs root. */
  readonly user?: { readonly name: string; readonly uid: number; readonly gid: number };
  /** HLER_ROOT, which is left where it is in the end; by default a new directory, which is removed. */
  readonly root?: string;
}

/** Starts the built product with everything of its own, and waits until it serves. */
export async function startHler(options: HlerOptions = {}): Promise<Hler> {
  const hler = await prepareHler(options);
  try {
    await hler.start();
  } catch (error) {
    await hler.stop().catch(() => undefined);
    throw error;
  }
  return hler;
}

/** The same, not started yet. */
export async function prepareHler({ env = {}, root, user }: HlerOptions = {}): Promise<Hler> {
  const directory = root ?? (await mkdtemp(join(tmpdir(), 'hler-e2e-')));
  await chmod(directory, 0o755);
  if (user !== undefined) {
    await chown(directory, user.uid, user.gid);
  }
  const [api = 0, http = 0, https = 0] = await freePorts(3);
  return new Hler(
    directory,
    root === undefined,
    { api, http, https },
    typeof env === 'function' ? env : () => env,
    user,
  );
}

export class Hler {
  /** What the process has written, of every start. */
  output = '';
  readonly paths;
  #process: ChildProcess | undefined;
  #token = '';

  constructor(
    readonly root: string,
    private readonly isOwnRoot: boolean,
    readonly ports: SitePorts & { readonly api: number },
    private readonly env: () => Environment,
    private readonly user: HlerOptions['user'],
  ) {
    this.paths = statePaths(root);
  }

  get url(): string {
    return `http://127.0.0.1:${this.ports.api}/graphql`;
  }

  /** The operator. */
  get api(): ApiClient {
    return new ApiClient(this.url, this.#token);
  }

  get token(): string {
    return this.#token;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** Below it platforms may live. */
  get platforms(): string {
    return this.paths.platforms;
  }

  async start(): Promise<void> {
    this.spawn();
    await this.ready();
    await this.signIn();
  }

  /** Makes the operator's token, once. */
  async signIn(): Promise<void> {
    this.#token ||= await this.createToken();
  }

  /** `hidden`: a program that is not there for this process and its children, by a mount of their own (needs root). */
  spawn(env: Readonly<Record<string, string>> = {}, hidden?: string): void {
    const command = [process.execPath, BIN, 'up'];
    const hiding = ['unshare', '--mount', 'sh', '-c', 'mount --bind /dev/null "$0" && exec "$@"', hidden ?? ''];
    const [file = '', ...args] = hidden === undefined ? command : [...hiding, ...command];
    const child = spawn(file, args, {
      cwd: this.root,
      env: { ...this.environment, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...this.#account,
    });
    const keep = (chunk: Buffer): void => void (this.output += chunk.toString('utf8'));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    this.#process = child;
  }

  get #account(): { readonly uid?: number; readonly gid?: number } {
    return this.user === undefined ? {} : { uid: this.user.uid, gid: this.user.gid };
  }

  get environment(): NodeJS.ProcessEnv {
    return {
      PATH: process.env['PATH'],
      HOME: this.user === undefined ? process.env['HOME'] : this.root,
      HLER_ROOT: this.root,
      HLER_API_PORT: String(this.ports.api),
      HLER_HTTP_PORT: String(this.ports.http),
      HLER_HTTPS_PORT: String(this.ports.https),
      HLER_WORKER_THREADS: '2',
      ...this.env(),
    };
  }

  /** Resolves when the API answers. */
  async ready(): Promise<void> {
    const child = this.#process!;
    await eventually(
      async () => {
        if (child.exitCode === null && child.signalCode === null) {
          const response = await fetch(`http://127.0.0.1:${this.ports.api}/readyz`);
          if (!response.ok) {
            throw new Error(`Not ready: ${response.status}\n${this.output}`);
          }
        }
      },
      START_WITHIN_MS,
      50,
    );
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`hler up ended: ${child.exitCode ?? child.signalCode}\n${this.output}`);
    }
  }

  /** Resolves with the exit code when the process has ended by itself. */
  async exit(): Promise<number | null> {
    const child = this.#process!;
    if (child.exitCode === null && child.signalCode === null) {
      await once(child, 'exit');
    }
    return child.exitCode;
  }

  /** The operator by default, else the client of that machine name. */
  async createToken(client?: string, ...more: readonly string[]): Promise<string> {
    const args = [
      'token',
      'create',
      '--label',
      'test',
      ...(client === undefined ? ['--operator'] : ['--client', client]),
      ...more,
    ];
    return (await this.cli(...args)).trim();
  }

  async apiOf(client: string): Promise<ApiClient> {
    return new ApiClient(this.url, await this.createToken(client));
  }

  async cli(...args: readonly string[]): Promise<string> {
    const { stdout } = await run(process.execPath, [BIN, ...args], {
      cwd: this.root,
      env: this.environment,
      ...this.#account,
    });
    return stdout;
  }

  /** Rows of the control plane's own database. */
  async sql<T = Record<string, unknown>>(text: string, values: readonly string[] = []): Promise<readonly T[]> {
    const urls = await privateUrls(this.paths);
    const { socketPath = '', username, password, database } = parseDatabaseUrl(urls!.databaseUrl)!;
    const connection = await createConnection({ socketPath, user: username, password: password.reveal(), database });
    try {
      const [rows] = await connection.query(text, [...values]);
      return rows as T[];
    } finally {
      await connection.end();
    }
  }

  /** How many rows each table has, but for the traces that even a refusal may leave. */
  async rowCounts(): Promise<Readonly<Record<string, number>>> {
    const counts: Record<string, number> = {};
    for (const table of ['clients', 'servers', 'platforms', 'sites', 'site_names', 'certificates', 'operations']) {
      const [row] = await this.sql<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`);
      counts[table] = Number(row?.n);
    }
    return counts;
  }

  /** A code base below `platforms/`, whose front page says its name. */
  async codeBase(name: string): Promise<string> {
    const path = join(this.platforms, name);
    await mkdir(path, { recursive: true });
    await chmod(this.platforms, 0o755);
    await writeFile(join(path, 'index.html'), `front page of ${name}\n`);
    await writeFile(join(path, 'about.html'), `about ${name}\n`);
    return path;
  }

  get(scheme: 'http' | 'https', host: string, path = '/', ca?: string): Promise<SiteAnswer> {
    return askSite(this.ports, scheme, host, path, ca);
  }

  vhostFile(uri: string): string {
    return join(this.paths.config, 'nginx/vhost.d', `${uri}.conf`);
  }

  /** Every file of the web server and of its certificates, with the moment of its last change. */
  async fileTimes(): Promise<Readonly<Record<string, number>>> {
    const times: Record<string, number> = {};
    for (const directory of [this.paths.config, this.paths.tls]) {
      for (const name of await readdir(directory, { recursive: true })) {
        times[join(directory, name)] = (await stat(join(directory, name))).mtimeMs;
      }
    }
    return times;
  }

  processes(): Promise<readonly RunningProcess[]> {
    return processesOf(this.root);
  }

  /** Pids of the processes of this name, such as mariadbd. */
  async pidsOf(name: string): Promise<readonly number[]> {
    return (await this.processes()).filter((found) => found.name.startsWith(name)).map(({ pid }) => pid);
  }

  /** The one process of this name. Throws when there is none: a signal to pid 0 would go to the test itself. */
  async pidOf(name: string): Promise<number> {
    const [pid] = await this.pidsOf(name);
    if (pid === undefined) {
      throw new Error(`No ${name} runs for ${this.root}.`);
    }
    return pid;
  }

  async nginxMaster(): Promise<number> {
    return Number(await readFile(join(this.paths.run, 'nginx.pid'), 'utf8'));
  }

  async nginxWorkers(): Promise<readonly number[]> {
    const master = await this.nginxMaster();
    return (await this.processes())
      .filter(({ parent }) => parent === master)
      .map(({ pid }) => pid)
      .sort((a, b) => a - b);
  }

  async kill9(): Promise<void> {
    const child = this.#process;
    child?.kill('SIGKILL');
    if (child && child.exitCode === null && child.signalCode === null) {
      await once(child, 'exit');
    }
  }

  async restart(): Promise<void> {
    await this.kill9();
    await this.start();
  }

  /** Tells it to stop, and resolves with its exit code. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) {
      return child?.exitCode ?? null;
    }
    child.kill(signal);
    const lost = setTimeout(() => child.kill('SIGKILL'), 40_000);
    await once(child, 'exit');
    clearTimeout(lost);
    return child.exitCode;
  }

  /** Stops it, removes its root, and throws when something of it was left running. */
  async stop(): Promise<void> {
    await this.end();
    const left = await this.processes();
    left.forEach(({ pid }) => killIfThere(pid));
    if (this.isOwnRoot) {
      await rm(this.root, { recursive: true, force: true, maxRetries: 5 });
    }
    if (left.length > 0) {
      const names = left.map(({ pid, name, commandLine }) => `${pid} ${name}: ${commandLine}`);
      throw new Error(`hler up left processes running:\n${names.join('\n')}\n${this.output.slice(-3000)}`);
    }
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
