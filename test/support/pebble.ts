import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AcmeCa } from '../../src/certificates/domain/acme/acme-ca.js';
import { privateKeyPem, selfSign } from '../../workers/tls/make-self-signed.js';
import { startChallengeDns, type ChallengeDns } from './challenge-dns.js';
import { startChildServer } from './child-server.js';
import { freePort } from './free-ports.js';

export interface PebbleOptions {
  /** Percent of good nonces that it refuses. */
  readonly badNonces?: number;
  /** Percent of valid authorizations that it uses again. */
  readonly authorizationReuse?: number;
  readonly alternateRoots?: number;
  readonly externalAccount?: { readonly keyId: string; readonly hmacKey: string };
  /** Seconds. */
  readonly validity?: number;
  /** Where names are asked for; by default a challtestsrv of its own, which sends everything to 127.0.0.1. */
  readonly dnsServer?: string;
  /** Where it asks for HTTP-01; by default a free port. */
  readonly httpPort?: number;
  /** Without what later versions will not put up with any more. */
  readonly strict?: boolean;
  /** Told of everything that it says. */
  readonly onOutput?: (chunk: string) => void;
}

/** The ACME server that Let's Encrypt tests clients with, and the DNS that it asks. */
export interface Pebble {
  readonly ca: AcmeCa;
  readonly pid: number;
  /** Where it asks for HTTP-01. */
  readonly httpPort: number;
  readonly dns: ChallengeDns;
  /** PEM of the n-th root; new with each start. */
  root(index?: number): Promise<string>;
  /** `Valid` or `Revoked`. */
  statusOf(serial: string): Promise<string>;
  output(): string;
  stop(): Promise<void>;
}

export async function startPebble(options: PebbleOptions = {}): Promise<Pebble> {
  const directory = await mkdtemp(join(tmpdir(), 'hler-pebble-'));
  const [port, management, tlsPort] = [await freePort(), await freePort(), await freePort()];
  const httpPort = options.httpPort ?? (await freePort());
  const certificatePath = join(directory, 'cert.pem');
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(certificatePath, await selfSign(pair, { names: ['localhost'], days: 30, now: new Date() }));
  await writeFile(join(directory, 'key.pem'), privateKeyPem(pair.privateKey).reveal(), { mode: 0o600 });
  await writeFile(
    join(directory, 'config.json'),
    JSON.stringify({
      pebble: {
        listenAddress: `127.0.0.1:${port}`,
        managementListenAddress: `127.0.0.1:${management}`,
        certificate: certificatePath,
        privateKey: join(directory, 'key.pem'),
        httpPort,
        tlsPort,
        ocspResponderURL: '',
        externalAccountBindingRequired: options.externalAccount !== undefined,
        ...(options.externalAccount === undefined
          ? {}
          : { externalAccountMACKeys: { [options.externalAccount.keyId]: options.externalAccount.hmacKey } }),
        certificateValidityPeriod: options.validity ?? 90 * 24 * 3_600,
      },
    }),
  );
  const dns = await startChallengeDns();
  const certificate = await readFile(certificatePath, 'utf8');
  const args = ['-config', join(directory, 'config.json'), '-dnsserver', options.dnsServer ?? dns.server];
  const server = await startChildServer('pebble', options.strict === true ? [...args, '-strict'] : args, {
    onOutput: options.onOutput,
    env: {
      PEBBLE_VA_NOSLEEP: '1',
      PEBBLE_WFE_NONCEREJECT: String(options.badNonces ?? 0),
      PEBBLE_AUTHZREUSE: String(options.authorizationReuse ?? 0),
      PEBBLE_ALTERNATE_ROOTS: String(options.alternateRoots ?? 0),
    },
    isReady: () => get(`https://localhost:${port}/dir`, certificate),
  });
  return {
    ca: { directoryUrl: `https://localhost:${port}/dir`, caBundlePem: certificate, proxyUrl: null },
    pid: server.pid,
    httpPort,
    dns,
    root: (index = 0) => get(`https://localhost:${management}/roots/${index}`, certificate),
    async statusOf(serial) {
      const status = await get(`https://localhost:${management}/cert-status-by-serial/${serial}`, certificate);
      return (JSON.parse(status) as { readonly Status: string }).Status;
    },
    output: () => server.output(),
    async stop() {
      await server.stop();
      await dns.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function get(url: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { ca, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.once('end', () => resolve(body));
    });
    asked.once('error', reject);
    asked.end();
  });
}
