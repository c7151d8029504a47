import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../src/shared/ids.js';
import handshakeTask from '../../workers/tasks/certificate-handshake.js';
import { makeKeyPair, privateKeyPem, selfSign } from '../../workers/tls/make-self-signed.js';
import type { KeyAndCertificate } from '../../workers/tls/tls-layout.js';
import { TlsStore } from '../../workers/tls/tls-store.js';
import { performTask } from '../support/run-task.js';

const NAME = 'example.org';

let root: string;
let store: TlsStore;
let certificateId: string;
let server: Server;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hler-handshake-'));
  store = await TlsStore.open({ tlsDirectory: join(root, 'tls'), stagingDirectory: join(root, 'staging') });
  certificateId = newId();
  server = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.close();
  await rm(root, { recursive: true, force: true });
});

/** With a key of its own, as every renewal from a CA has. */
async function aPair(): Promise<KeyAndCertificate> {
  const keys = await makeKeyPair('EC_P256');
  const certificatePem = await selfSign(keys, { names: [NAME], days: 90, now: new Date() });
  return { privateKey: privateKeyPem(keys.privateKey), certificatePem, chainPem: '' };
}

const put = async (pair: KeyAndCertificate): Promise<string> =>
  (await store.put({ ...pair, certificateId, operationId: newId() })).spki;
const show = ({ privateKey, certificatePem }: KeyAndCertificate): void =>
  server.setSecureContext({ key: privateKey.reveal(), cert: certificatePem });

/** What is reported when the certificate had this key at the time when it was planned. */
async function problem(spki: string, signal?: AbortSignal): Promise<unknown> {
  const { port } = server.address() as AddressInfo;
  const spec = { paths: { tls: join(root, 'tls') }, addresses: ['127.0.0.1'], httpsPort: port };
  const input = { server: spec, served: [{ certificateId, spki, names: [NAME] }] };
  const { fields } = await performTask(handshakeTask, input, signal ? { signal } : {});
  return fields?.[0]?.fields['servedProblem'];
}

describe('certificate.handshake', () => {
  it('finds nothing wrong with a certificate that was renewed with another key since it was planned', async () => {
    const [before, after] = [await aPair(), await aPair()];
    const spki = await put(before);
    await put(after);
    show(after);
    expect(await problem(spki, AbortSignal.abort())).toBeNull();
  });

  it('nor when that happens while it looks, the store first or the web server', async () => {
    const [before, after] = [await aPair(), await aPair()];
    const spki = await put(before);
    show(after);
    const looking = problem(spki);
    await put(after);
    expect(await looking).toBeNull();
  });

  it('tells when another one is shown than the one that is in force', async () => {
    const [before, after] = [await aPair(), await aPair()];
    const spki = await put(before);
    show(before);
    expect(await problem(spki, AbortSignal.abort())).toBeNull();
    await put(after);
    expect(await problem(spki, AbortSignal.abort())).toBe(
      `${NAME} shows another certificate than the one that is stored.`,
    );
  });
});
