import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from './eventually.js';

const run = promisify(execFile);

export type SystemKind = 'nginx' | 'apache';
export const ADMINISTRATORS_SITE = 'system.test';

/**
 * A web server as a system has it: configured by its administrator in a file of its own, started as root, its workers another
 * account. The administrator has a site of their own on it.
 */
export class SystemWebServer {
  private constructor(
    readonly kind: SystemKind,
    readonly directory: string,
    readonly ports: { readonly http: number; readonly https: number },
  ) {}

  static async make(
    kind: SystemKind,
    ports: { readonly http: number; readonly https: number },
  ): Promise<SystemWebServer> {
    const directory = await mkdtemp(join(tmpdir(), `hler-system-${kind}-`));
    await chmod(directory, 0o755);
    const server = new SystemWebServer(kind, directory, ports);
    await server.write('');
    return server;
  }

  get mainFile(): string {
    return join(this.directory, `${this.kind}.conf`);
  }

  /** The main file, with this line where `hler server adopt` says. */
  async write(line: string): Promise<void> {
    await writeFile(this.mainFile, this.kind === 'nginx' ? this.#nginx(line) : this.#apache(line));
  }

  async start(): Promise<void> {
    await run(...(this.kind === 'nginx' ? nginx(this.mainFile) : apache(this.mainFile)));
    await eventually(async () => {
      await this.master();
    });
  }

  async master(): Promise<number> {
    const pid = Number(await readFile(join(this.directory, 'server.pid'), 'utf8'));
    process.kill(pid, 0);
    return pid;
  }

  async remove(): Promise<void> {
    const pid = await this.master().catch(() => undefined);
    if (pid !== undefined) {
      process.kill(pid, 'SIGTERM');
      await this.stopped();
    }
    await rm(this.directory, { recursive: true, force: true });
  }

  stopped(): Promise<void> {
    return eventually(async () => {
      const runs = await this.master().then(
        () => true,
        () => false,
      );
      if (runs) {
        throw new Error('It still runs.');
      }
    });
  }

  #nginx(line: string): string {
    const at = this.directory;
    return `user www-data;
pid ${at}/server.pid;
error_log ${at}/error.log;
events { worker_connections 256; }
http {
  include /etc/nginx/mime.types;
  access_log ${at}/access.log;
  client_max_body_size 1m;
  ssl_protocols TLSv1.2 TLSv1.3;
  server { listen 127.0.0.1:${this.ports.http} default_server; server_name ${ADMINISTRATORS_SITE}; return 204; }
  ${line}
}
`;
  }

  #apache(line: string): string {
    const at = this.directory;
    const modules = ['mpm_event', 'authz_core', 'alias', 'dir', 'mime', 'headers', 'rewrite', 'ssl', 'socache_shmcb'];
    const load = modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`);
    return `ServerRoot ${at}
DefaultRuntimeDir ${at}
PidFile ${at}/server.pid
ErrorLog ${at}/error.log
User www-data
Group www-data
${load.join('\n')}
TypesConfig /etc/mime.types
Listen 127.0.0.1:${this.ports.http}
Listen 127.0.0.1:${this.ports.https}
ServerName ${ADMINISTRATORS_SITE}
<Directory />
  Require all denied
</Directory>
<VirtualHost 127.0.0.1:${this.ports.http}>
  ServerName ${ADMINISTRATORS_SITE}
  RewriteEngine on
  RewriteRule ^ - [R=204,L]
</VirtualHost>
${line}
`;
  }
}

const nginx = (file: string): [string, string[]] => ['/usr/sbin/nginx', ['-c', file]];
const apache = (file: string): [string, string[]] => ['/usr/sbin/apache2ctl', ['-f', file, '-k', 'start']];
