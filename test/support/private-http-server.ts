import { execFile } from 'node:child_process';
import { createHash, randomUUID, X509Certificate } from 'node:crypto';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { get, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  CONSUMERS,
  type ConsumerName,
  type HttpServerSpec,
  type VhostApplication,
  type VhostName,
  type VhostSpec,
} from '../../src/consumers/index.js';
import { ask, type Answer } from '../../workers/http/ask.js';
import { applyChanges } from '../../workers/http/apply-changes.js';
import { findMaster, findPids, findWorkers } from '../../workers/http/daemon.js';
import { realEffects, targetOf, type Effects, type Target } from '../../workers/http/effects.js';
import type { HttpApplyInput, HttpChange } from '../../workers/http/http-change.js';
import { freePorts } from './free-ports.js';
import { providePound } from './provide-pound.js';
import { SiteBackend } from './site-backend.js';
import type { TaskResult, TaskSuccess } from '../../src/operations/domain/task.js';

const run = promisify(execFile);

export interface CertificateFault {
  readonly expired?: boolean;
  readonly issuedByAnother?: boolean;
  /** No fault: a key of RSA 2048 in place of P-256. */
  readonly isRsa?: boolean;
}

/** A directory, free ports and document roots for a web server of a test's own. */
export class PrivateHttpServer {
  readonly target: Target;
  readonly #backends = new Map<string, SiteBackend>();

  private constructor(
    readonly consumer: ConsumerName,
    readonly root: string,
    readonly server: HttpServerSpec,
  ) {
    this.target = targetOf(CONSUMERS[consumer], server);
  }

  static async make(consumer: ConsumerName): Promise<PrivateHttpServer> {
    if (consumer === 'pound') {
      await providePound();
    }
    const root = await mkdtemp(join(tmpdir(), `hler-${consumer}-`));
    // Workers run as another account than root: every directory above what they serve must be open to them.
    await chmod(root, 0o755);
    const [httpPort = 0, httpsPort = 0] = await freePorts(2);
    const acmeThumbprints = ['LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ'];
    const fallback = CONSUMERS[consumer].capabilities.servesFiles
      ? undefined
      : await SiteBackend.start('/nowhere', acmeThumbprints[0]);
    const web = new PrivateHttpServer(consumer, root, {
      serverId: randomUUID(),
      addresses: ['127.0.0.1'],
      httpPort,
      httpsPort,
      paths: {
        config: `${root}/config`,
        tls: `${root}/tls`,
        staging: `${root}/staging`,
        run: `${root}/run`,
        log: `${root}/log`,
      },
      tlsGroups: ['X25519', 'prime256v1'],
      acmeThumbprints,
      programVersion: null,
      workerUser: null,
      ...(fallback === undefined ? {} : { challenges: [fallback.backend] }),
    });
    if (fallback !== undefined) {
      web.#backends.set('', fallback);
    }
    return web;
  }

  rootOf(uri: string): string {
    return `${this.root}/www/${uri}`;
  }

  /** What answers from the files of a directory: the server itself, or a web server behind it. */
  async application(root: string): Promise<VhostApplication> {
    if (CONSUMERS[this.consumer].capabilities.servesFiles) {
      return { type: 'STATIC', root };
    }
    return { type: 'PROXY', backends: [(await this.backendOf(root)).backend], redirectsWhenTold: true };
  }

  async backendOf(root: string): Promise<SiteBackend> {
    const backend = this.#backends.get(root) ?? (await SiteBackend.start(root, this.server.acmeThumbprints[0]));
    this.#backends.set(root, backend);
    return backend;
  }

  /** A site with a document root of its own, whose front page says its name. */
  async site(uri: string, changes: Partial<VhostSpec> = {}): Promise<VhostSpec> {
    const root = this.rootOf(uri);
    await mkdir(root, { recursive: true });
    await writeFile(`${root}/index.html`, `front page of ${uri}`);
    return {
      siteId: randomUUID(),
      uri,
      state: 'ENABLED',
      https: 'DISABLED',
      names: [name(uri)],
      application: await this.application(root),
      ...changes,
    };
  }

  /** A certificate for these names, self-signed unless said otherwise, laid out on disk as the product does. */
  async certificate(...names: readonly [CertificateFault | string, ...string[]]): Promise<string> {
    const fault = typeof names[0] === 'string' ? {} : names[0];
    const [key, cert] = [`${this.root}/key.pem`, `${this.root}/cert.pem`];
    const kind = fault.isRsa ? ['rsa:2048'] : ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
    const newKey = ['-newkey', ...kind, '-nodes', '-keyout', key];
    const issuer = fault.issuedByAnother ? await this.issuer() : [];
    const strings = names.filter((each) => typeof each === 'string');
    await this.selfSign(strings, [...newKey, ...issuer], cert);
    if (fault.expired) {
      await run('openssl', ['x509', '-in', cert, '-signkey', key, '-days', '-1', '-out', cert]);
    }
    const pem = await readFile(cert, 'utf8');
    const spki = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
    const hash = createHash('sha256').update(spki).digest('hex');
    const directory = `${this.server.paths.tls}/${hash}`;
    await mkdir(`${directory}/gen-1`, { recursive: true, mode: 0o700 });
    await writeFile(`${directory}/gen-1/fullchain.pem`, pem, { mode: 0o400 });
    await writeFile(`${directory}/gen-1/privkey.pem`, await readFile(key), { mode: 0o400 });
    await this.combine(`${directory}/gen-1`);
    await symlink('gen-1', `${directory}/live`);
    return hash;
  }

  call(change: HttpChange, server: HttpServerSpec = this.server): HttpApplyInput {
    return { consumer: this.consumer, server, change };
  }

  /** Applies these changes as one batch, in this process. */
  apply(changes: readonly HttpChange[], effects: Partial<Effects> = {}): Promise<readonly TaskResult[]> {
    return applyInputs(
      changes.map((change) => this.call(change)),
      effects,
    );
  }

  get(scheme: 'http' | 'https', host: string, path = '/'): Promise<Answer> {
    return ask(this.server, { scheme, name: host, path }, 5_000);
  }

  headers(host: string, path: string): Promise<IncomingHttpHeaders> {
    const options = { host: '127.0.0.1', port: this.server.httpPort, path, headers: { host }, agent: false };
    return new Promise((resolve, reject) => {
      get(options, (response) => resolve(response.resume().headers)).once('error', reject);
    });
  }

  /** Leaves `certificate` with the key of another one, as a failed installation would. */
  async swapKey(certificate: string, other: string): Promise<void> {
    const { tls } = this.server.paths;
    await cp(`${tls}/${other}/live/privkey.pem`, `${tls}/${certificate}/gen-1/privkey.pem`, { force: true });
    await this.combine(`${tls}/${certificate}/gen-1`);
  }

  /** The file that pound takes, from the two that the others take, as far as they are there. */
  async combine(generation: string): Promise<void> {
    const parts = ['fullchain.pem', 'privkey.pem'].map((file) => readFile(`${generation}/${file}`).catch(() => ''));
    await rm(`${generation}/combined.pem`, { force: true });
    await writeFile(`${generation}/combined.pem`, (await Promise.all(parts)).join(''), { mode: 0o400 });
  }

  /** Writes over a file of the pair that is in force, as a disk or a hand may. */
  async spoil(certificate: string, file: 'fullchain.pem' | 'privkey.pem', content = ''): Promise<void> {
    const directory = `${this.server.paths.tls}/${certificate}/live`;
    const paths = [`${directory}/${file}`, `${directory}/combined.pem`];
    await Promise.all(paths.map((path) => chmod(path, 0o600)));
    await writeFile(paths[0]!, content);
    await this.combine(directory);
  }

  /** A new certificate for the key that is there: the same directory, another generation. */
  async renewWithSameKey(certificate: string, ...names: readonly string[]): Promise<void> {
    const directory = `${this.server.paths.tls}/${certificate}`;
    await cp(`${directory}/gen-1`, `${directory}/gen-2`, { recursive: true });
    await rm(`${directory}/gen-2/fullchain.pem`);
    await this.selfSign(names, ['-key', `${directory}/gen-1/privkey.pem`], `${directory}/gen-2/fullchain.pem`);
    await this.combine(`${directory}/gen-2`);
    await symlink('gen-2', `${directory}/new`);
    await rename(`${directory}/new`, `${directory}/live`);
  }

  private async issuer(): Promise<readonly string[]> {
    const [key, cert] = [`${this.root}/issuer-key.pem`, `${this.root}/issuer.pem`];
    await run('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      '/CN=issuer',
      '-keyout',
      key,
      '-out',
      cert,
    ]);
    return ['-CA', cert, '-CAkey', key];
  }

  private async selfSign(names: readonly string[], key: readonly string[], out: string): Promise<void> {
    const subjects = names.map((each) => `DNS:${each}`).join(',');
    const request = ['req', '-x509', '-days', '30', '-subj', '/CN=test', '-addext', `subjectAltName=${subjects}`];
    await run('openssl', [...request, ...key, '-out', out]);
  }

  master(): Promise<number | undefined> {
    return findMaster(this.target);
  }

  /** The processes that answer requests: new ones after each reload. */
  async workers(): Promise<readonly string[]> {
    return (await findWorkers(this.target)).map(({ pid }) => String(pid)).sort();
  }

  /** Throw-away servers that were left running. */
  canaries(): Promise<readonly number[]> {
    return findPids((commandLine) => commandLine.includes(`${this.target.workspace}/canary`));
  }

  async takingConnections(): Promise<readonly string[]> {
    return (await findWorkers(this.target)).flatMap(({ pid, isRetiring }) =>
      isRetiring === true ? [] : [String(pid)],
    );
  }

  async liveFiles(directory = 'vhost.d'): Promise<readonly string[]> {
    return (await readdir(`${this.target.directory}/${directory}`)).sort();
  }

  read(path: string): Promise<string> {
    return readFile(`${this.target.directory}/${path}`, 'utf8');
  }

  /** Stops the server, by its process, and removes everything. */
  async remove(): Promise<void> {
    await this.stop();
    this.#backends.forEach((backend) => backend.stop());
    await rm(this.root, { recursive: true });
  }

  async stop(): Promise<void> {
    for (let master = await this.master(); master !== undefined; master = await this.master()) {
      process.kill(master, 'SIGTERM');
      await sleep(20);
    }
  }
}

export function applyInputs(
  inputs: readonly HttpApplyInput[],
  effects: Partial<Effects> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<readonly TaskResult[]> {
  const context = { operationId: randomUUID(), outputs: {}, signal, log: () => undefined };
  return applyChanges(
    inputs.map((input) => ({ input, context })),
    { ...realEffects, inForceWithinMs: 3_000, ...effects },
  );
}

export function succeeded(result: TaskResult | undefined): TaskSuccess {
  if (result === undefined || result.status === 'ERROR') {
    throw new Error(`Not a success: ${JSON.stringify(result)}`);
  }
  return result;
}

export function name(value: string, changes: Partial<VhostName> = {}): VhostName {
  return { name: value, redirectTo: null, certificate: null, ...changes };
}
