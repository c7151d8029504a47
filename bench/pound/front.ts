import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spkiOf } from '../../src/certificates/domain/spki.js';
import { CONSUMERS, type HttpServerSpec, type VhostSpec } from '../../src/consumers/index.js';
import { freePorts } from '../../test/support/free-ports.js';
import { applyChanges } from '../../workers/http/apply-changes.js';
import { findMaster } from '../../workers/http/daemon.js';
import { realEffects, targetOf, type Target } from '../../workers/http/effects.js';
import type { HttpChange } from '../../workers/http/http-change.js';
import { makeKeyPair, privateKeyPem, selfSign } from '../../workers/tls/make-self-signed.js';

/** A Pound with as many sites as wished, each with a certificate of its own, before one small web server. */
export interface Front {
  readonly target: Target;
  readonly server: HttpServerSpec;
  readonly names: readonly string[];
  remove(): Promise<void>;
}

export async function startFront(sites: number): Promise<Front> {
  const root = await mkdtemp(join(tmpdir(), 'hler-bench-pound-'));
  const web = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1');
  await once(web, 'listening');
  const server = await specOf(root);
  const target = targetOf(CONSUMERS.pound, server);
  const names = Array.from({ length: sites }, (_, index) => `s${index}.bench.test`);
  const changes: HttpChange[] = [{ type: 'SERVER' }];
  for (const name of names) {
    changes.push({ type: 'SITE', site: siteOf(name, await certificateOf(name, server.paths.tls), web) });
  }
  const remove = async (): Promise<void> => {
    for (let pid = await findMaster(target); pid !== undefined; pid = await findMaster(target)) {
      process.kill(pid, 'SIGTERM');
      await sleep(50);
    }
    web.close();
    web.closeAllConnections();
    await rm(root, { recursive: true, force: true });
  };
  try {
    await apply(changes, server);
  } catch (error) {
    await remove();
    throw error;
  }
  return { target, server, names, remove };
}

async function apply(changes: readonly HttpChange[], server: HttpServerSpec): Promise<void> {
  const context = {
    operationId: randomUUID(),
    outputs: {},
    signal: new AbortController().signal,
    log: () => undefined,
  };
  const calls = changes.map((change) => ({ input: { consumer: 'pound' as const, server, change }, context }));
  const results = await applyChanges(calls, { ...realEffects, inForceWithinMs: 60_000 });
  const failed = results.find(({ status }) => status === 'ERROR');
  if (failed !== undefined) {
    throw new Error(`Not served: ${JSON.stringify(failed)}`);
  }
}

async function specOf(root: string): Promise<HttpServerSpec> {
  const [httpPort = 0, httpsPort = 0] = await freePorts(2);
  return {
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
    tlsGroups: [],
    acmeThumbprints: [],
    programVersion: null,
    workerUser: null,
  };
}

function siteOf(name: string, certificate: string, web: Server): VhostSpec {
  const { port } = web.address() as AddressInfo;
  return {
    siteId: randomUUID(),
    uri: name,
    state: 'ENABLED',
    https: 'ENABLED',
    names: [{ name, redirectTo: null, certificate }],
    application: { type: 'PROXY', backends: [{ address: '127.0.0.1', port, https: null }], redirectsWhenTold: true },
  };
}

async function certificateOf(name: string, tls: string): Promise<string> {
  const pair = await makeKeyPair('EC_P256');
  const certificate = await selfSign(pair, { names: [name], days: 30, now: new Date() });
  const key = privateKeyPem(pair.privateKey).reveal();
  const spki = spkiOf(pair.publicKey);
  const directory = `${tls}/${spki}`;
  await mkdir(`${directory}/gen-1`, { recursive: true, mode: 0o700 });
  await writeFile(`${directory}/gen-1/combined.pem`, certificate + key, { mode: 0o400 });
  await symlink('gen-1', `${directory}/live`);
  return spki;
}
