import { randomInt } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { AcmeCa } from '../../src/certificates/domain/acme/acme-ca.js';
import { startChildServer } from './child-server.js';
import { freePort } from './free-ports.js';

/** Caddy as a CA: another implementation of ACME, with other habits. */
export interface CaddyCa {
  readonly ca: AcmeCa;
  /** Where every name is: it asks for challenges on port 80 there. */
  readonly address: string;
  /** Of the DNS that it asks. */
  readonly managementUrl: string;
  stop(): Promise<void>;
}

/**
 * It validates on ports 80 and 443 and asks the resolver of the system: so it gets an address of its own in 127/8 for its world, and a
 * mount namespace with a resolv.conf of its own. Needs root.
 */
export async function startCaddyCa(): Promise<CaddyCa> {
  const directory = await mkdtemp(join(tmpdir(), 'hler-caddy-'));
  const address = `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(2, 255)}`;
  const [httpPort, httpsPort, management] = [await freePort(), await freePort(), await freePort()];
  await writeFile(join(directory, 'resolv.conf'), `nameserver ${address}\n`);
  await writeFile(
    join(directory, 'Caddyfile'),
    `{
  admin off
  skip_install_trust
  storage file_system ${directory}/storage
  http_port ${httpPort}
  https_port ${httpsPort}
}
https://localhost:${httpsPort} {
  bind 127.0.0.1
  tls internal
  acme_server {
    ca local
  }
}
`,
  );
  const none = ['-http01', '', '-https01', '', '-tlsalpn01', ''];
  const dns = await startChildServer(
    'pebble-challtestsrv',
    [
      '-management',
      `127.0.0.1:${management}`,
      '-dns01',
      `${address}:53`,
      ...none,
      '-defaultIPv4',
      address,
      '-defaultIPv6',
      '',
    ],
    { isReady: () => fetch(`http://127.0.0.1:${management}/`) },
  );
  const rootPath = join(directory, 'storage/pki/authorities/local/root.crt');
  const caddy = await startChildServer(
    'unshare',
    [
      '--mount',
      'sh',
      '-c',
      'mount --bind "$1" /etc/resolv.conf && exec caddy run --adapter caddyfile --config "$2"',
      'sh',
      join(directory, 'resolv.conf'),
      join(directory, 'Caddyfile'),
    ],
    {
      env: { HOME: directory, XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory },
      isReady: async () => handshake(httpsPort, await readFile(rootPath, 'utf8')),
    },
  ).catch(async (error: unknown) => {
    await dns.stop();
    throw error;
  });
  return {
    ca: {
      directoryUrl: `https://localhost:${httpsPort}/acme/local/directory`,
      caBundlePem: await readFile(rootPath, 'utf8'),
      proxyUrl: null,
    },
    address,
    managementUrl: `http://127.0.0.1:${management}`,
    async stop() {
      await caddy.stop();
      await dns.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Its own certificate comes a moment after its root. */
function handshake(port: number, ca: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca }, () => {
      socket.end();
      resolve();
    });
    socket.once('error', reject);
  });
}
