import { readdirSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeKeyPair, privateKeyPem, selfSign } from '../workers/tls/make-self-signed.js';
import { stoppable } from './cleanup.js';
import { freePorts } from '../test/support/free-ports.js';
import { mustRun } from './processes.js';
import { newRoot, type Product } from './product.js';

/** nginx with the configuration that the product has rendered, and nobody to look after it: the floor. */
export class BareNginx {
  /** Idempotent. */
  readonly stop = stoppable(() => this.nginx('-s', 'stop'));

  private constructor(
    readonly root: string,
    readonly httpsPort: number,
    private readonly moved: (text: string) => string,
    private readonly atOurPorts: (text: string) => string,
    private readonly model: string,
  ) {}

  /** Started with the server-wide files of `product`; `modelUri` is the site whose file is taken as the model of others. */
  static async start(product: Product, modelUri: string): Promise<BareNginx> {
    const root = await newRoot();
    const [httpPort = 0, httpsPort = 0] = await freePorts(2);
    const from = join(product.root, 'config/nginx');
    const model = await readFile(join(from, 'vhost.d', `${modelUri}.conf`), 'utf8');
    const oldHttpPort = /listen 127\.0\.0\.1:(\d+);/.exec(model)?.[1] ?? '';
    const atOurPorts = (text: string): string =>
      text
        .replaceAll(`127.0.0.1:${oldHttpPort}`, `127.0.0.1:${httpPort}`)
        .replaceAll(`127.0.0.1:${product.httpsPort}`, `127.0.0.1:${httpsPort}`);
    const moved = (text: string): string =>
      atOurPorts(text)
        .replaceAll(`${product.root}/`, `${root}/`)
        .replaceAll(`${root}/platforms`, `${product.root}/platforms`);
    await cp(from, join(root, 'config/nginx'), { recursive: true, filter: (path) => !/vhost\.d\/./.test(path) });
    for (const directory of ['tls', 'log', 'run/nginx-temp']) {
      await mkdir(join(root, directory), { recursive: true });
    }
    for (const file of readdirSync(join(root, 'config/nginx')).filter((name) => name.endsWith('.conf'))) {
      const path = join(root, 'config/nginx', file);
      await writeFile(path, moved(await readFile(path, 'utf8')));
    }
    const bare = new BareNginx(root, httpsPort, moved, atOurPorts, model.replaceAll(modelUri, '\0'));
    await bare.nginx();
    return bare;
  }

  /** Key, certificate and virtual host of a site, written as a script would: no fsync, no rename. */
  async write(uri: string): Promise<void> {
    const pair = await makeKeyPair('EC_P256');
    const certificate = await selfSign(pair, { names: [uri], days: 90, now: new Date() });
    const directory = join(this.root, 'tls', uri);
    await mkdir(directory, { mode: 0o700 });
    await writeFile(join(directory, 'fullchain.pem'), certificate);
    await writeFile(join(directory, 'privkey.pem'), privateKeyPem(pair.privateKey).reveal(), { mode: 0o400 });
    const vhost = this.moved(this.model.replaceAll('\0', uri)).replaceAll(/tls\/[0-9a-f]{64}\/live\//g, `tls/${uri}/`);
    await writeFile(join(this.root, 'config/nginx/vhost.d', `${uri}.conf`), vhost);
  }

  /** Virtual hosts that were copied from the product listen on our ports now; certificates stay where they are. */
  async moveVhosts(): Promise<void> {
    const directory = join(this.root, 'config/nginx/vhost.d');
    for (const name of readdirSync(directory)) {
      const text = await readFile(join(directory, name), 'utf8');
      await writeFile(join(directory, name), this.atOurPorts(text));
    }
  }

  async checkAndReload(): Promise<void> {
    await this.nginx('-t');
    await this.nginx('-s', 'reload');
  }

  async nginx(...more: readonly string[]): Promise<void> {
    await mustRun('nginx', [
      '-c',
      join(this.root, 'config/nginx/nginx.conf'),
      '-p',
      this.root,
      '-e',
      join(this.root, 'log/nginx-error.log'),
      ...more,
    ]);
  }
}
