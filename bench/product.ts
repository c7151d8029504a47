import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Api } from './api.js';
import { removeAtEnd, stoppable } from './cleanup.js';
import { freePorts } from '../test/support/free-ports.js';
import { end, mustRun, usageOf, type Usage } from './processes.js';

const BIN = fileURLToPath(new URL('../bin/hler.js', import.meta.url));

/** The built product, running privately: all of its state is below `root`, all of its ports were free. */
export interface Product {
  readonly root: string;
  readonly httpsPort: number;
  /** From the start of the process until it takes orders. */
  readonly readyMs: number;
  readonly api: Api;
  usage(): readonly Usage[];
  stop(): Promise<void>;
}

/** A place for one product. nginx workers must be able to read below it. */
export async function newRoot(): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'hler-bench-'));
  await chmod(root, 0o755);
  removeAtEnd(root);
  return root;
}

/** `port`: where it serves HTTP; any free one when not given. */
export async function startProduct(root: string, port?: number): Promise<Product> {
  const [apiPort = 0, freePort = 0, httpsPort = 0] = await freePorts(3);
  const httpPort = port ?? freePort;
  // HLER_ is the product's own prefix, and it refuses what it does not know.
  const { HLER_BENCH_PROFILE: profile, ...inherited } = process.env;
  const env = {
    ...inherited,
    HLER_ROOT: root,
    HLER_API_PORT: String(apiPort),
    HLER_HTTP_PORT: String(httpPort),
    HLER_HTTPS_PORT: String(httpsPort),
    HLER_LOG_LEVEL: 'info',
  };
  const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const started = performance.now();
  // A group of its own: a signal to ours would be its second one, which ends it before its servers are stopped.
  const child = spawn(process.execPath, [...profiling, BIN, 'up'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  // Asked, not killed: it stops the servers that it has started.
  const stop = stoppable(() => end(child));
  const said: string[] = [];
  const readyMs = await new Promise<number>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said.push(chunk.toString());
      if (chunk.includes('GraphQL is served at')) {
        resolve(performance.now() - started);
      }
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', () => reject(new Error(`hler up ended:\n${said.join('')}`)));
  });
  const printed = await mustRun(process.execPath, [BIN, 'token', 'create', '--label', 'bench', '--operator'], { env });
  const token = /hler_\S+/.exec(printed)?.[0] ?? '';
  return {
    root,
    httpsPort,
    readyMs,
    api: new Api(`http://127.0.0.1:${apiPort}/graphql`, token),
    usage: () => usageOf(root, child.pid),
    stop,
  };
}
