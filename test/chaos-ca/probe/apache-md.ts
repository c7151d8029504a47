import { spawn, type ChildProcess } from 'node:child_process';
import type { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { chmod, copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { eventually } from '../../support/eventually.js';
import { apacheMdConfiguration } from './apache-md-configuration.js';
import type { Place } from './place.js';

const NAMES = ['mod-md.test', 'www.mod-md.test'] as const;

/** The real Apache with mod_md, which certifies `mod-md.test` and `www.mod-md.test` by itself. */
export class ApacheMd {
  private constructor(
    private readonly place: Place,
    private readonly child: ChildProcess,
  ) {}

  static async start(place: Place): Promise<ApacheMd> {
    const { directory } = place;
    await copyFile(place.ca.listenerRootPath, join(directory, 'root.pem'));
    await chmod(join(directory, 'root.pem'), 0o644);
    await writeFile(
      join(directory, 'apache.conf'),
      apacheMdConfiguration({ ...place, directoryUrl: place.ca.directoryUrl, domains: [NAMES] }),
    );
    const program = ['-D', 'FOREGROUND', '-f', join(directory, 'apache.conf')];
    return new ApacheMd(place, spawn('/usr/sbin/apache2', program, { stdio: 'ignore' }));
  }

  /** Waits for the next certificate, restarts gracefully as mod_md asks for, and gives what is served then instead of `before`. */
  async next(before?: X509Certificate): Promise<X509Certificate> {
    await eventually(async () => {
      const job = await readFile(join(this.place.directory, 'md', 'staging', NAMES[0], 'job.json'), 'utf8');
      if (!job.includes('"finished": true')) {
        throw new Error(`mod_md has no certificate yet: ${job}`);
      }
    }, 30_000);
    this.child.kill('SIGUSR1');
    return eventually(async () => {
      const certificate = await this.#handshake();
      if (!certificate.issuer.includes('Chaos CA') || certificate.fingerprint256 === before?.fingerprint256) {
        throw new Error(`${certificate.subject} of ${certificate.issuer} is served.`);
      }
      return certificate;
    }, 30_000);
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }

  #handshake(): Promise<X509Certificate> {
    const port = this.place.httpsPort;
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, servername: NAMES[0], rejectUnauthorized: false });
      socket.once('error', reject);
      socket.once('secureConnect', () => {
        resolve(socket.getPeerX509Certificate()!);
        socket.destroy();
      });
    });
  }
}
