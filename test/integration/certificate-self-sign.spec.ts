import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TaskResult, TaskSuccess } from '../../src/operations/domain/task.js';
import { newId } from '../../src/shared/ids.js';
import type { PlainObject } from '../../src/shared/plain.js';
import selfSignTask from '../../workers/tasks/certificate-self-sign.js';
import { runTask, succeededTask, undoTask } from '../support/run-task.js';

const run = promisify(execFile);
const DAY_MS = 86_400_000;

let root: string;
let input: { [name: string]: PlainObject[string] };
let lines: string[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hler-self-sign-'));
  lines = [];
  input = {
    certificateId: newId(),
    tlsDirectory: join(root, 'tls'),
    stagingDirectory: join(root, 'staging'),
    names: ['example.org', 'www.example.org', '*.shop.example.org'],
    keyType: 'EC_P256',
  };
});

afterEach(() => rm(root, { recursive: true, force: true }));

const say = (message: string): void => void lines.push(message);
const selfSign = (changes: PlainObject = {}, operationId = newId(), signal?: AbortSignal): Promise<TaskResult> =>
  runTask(selfSignTask, { ...input, ...changes }, { operationId, say, ...(signal && { signal }) });
const succeeds = async (result: Promise<TaskResult>): Promise<TaskSuccess> => succeededTask(await result);
const undo = (result: TaskSuccess): Promise<void> => undoTask(selfSignTask, input, result.undo, { say });

function text(result: TaskSuccess, field: string): string {
  const value = result.output?.[field];
  if (typeof value !== 'string') {
    throw new Error(`no ${field} in the output`);
  }
  return value;
}

const liveFile = (result: TaskSuccess, name: string): string => join(text(result, 'directory'), 'live', name);
const keysIn = async (): Promise<string[]> =>
  (await readdir(join(root, 'tls'))).filter((name) => name !== 'by-certificate');

/** Serves with what was stored, and connects as a client that trusts exactly this certificate. */
async function handshake(
  result: TaskSuccess,
  servername: string,
): Promise<{ authorized: boolean; protocol: string | null }> {
  const [key, cert] = [
    await readFile(liveFile(result, 'privkey.pem')),
    await readFile(liveFile(result, 'fullchain.pem')),
  ];
  const server = createServer({ key, cert }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', servername, ca: cert });
  try {
    await once(socket, 'secureConnect');
    return { authorized: socket.authorized, protocol: socket.getProtocol() };
  } finally {
    socket.destroy();
    server.close();
  }
}

describe('certificate.self-sign', () => {
  it.each(['EC_P256', 'RSA_2048', 'RSA_3072'])(
    'makes an %s certificate that openssl and a TLS client accept',
    async (keyType) => {
      const before = Math.floor(Date.now() / 1000) * 1000;
      const result = await succeeds(selfSign({ keyType, days: 397 }));
      expect(result.status).toBe('SUCCESS');

      const cert = liveFile(result, 'cert.pem');
      const verify = await run('openssl', [
        'verify',
        '-x509_strict',
        '-purpose',
        'sslserver',
        '-verify_hostname',
        'a.shop.example.org',
        '-CAfile',
        cert,
        cert,
      ]);
      expect(verify.stdout).toBe(`${cert}: OK\n`);
      const { stdout: shown } = await run('openssl', ['x509', '-in', cert, '-noout', '-text']);
      expect(shown).toMatch(/CA:FALSE/);
      expect(shown).toMatch(/TLS Web Server Authentication/);
      expect(shown).toMatch(/Subject: CN = example.org, O = Hler self-signed/);
      expect(shown).toMatch(/sha256/i);

      for (const name of ['example.org', 'www.example.org', 'any.shop.example.org']) {
        expect(await handshake(result, name)).toEqual({ authorized: true, protocol: 'TLSv1.3' });
      }
      await expect(handshake(result, 'a.b.shop.example.org')).rejects.toThrow(/altnames/);

      const { spki, serial, fingerprint } = result.output ?? {};
      const [notBefore, notAfter] = [text(result, 'notBefore'), text(result, 'notAfter')];
      expect(spki).toMatch(/^[0-9a-f]{64}$/);
      expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
      expect(serial).toMatch(/^[4-7][0-9a-f]{39}$/);
      expect(new Date(notBefore).getTime()).toBeGreaterThanOrEqual(before - 3_600_000);
      expect(new Date(notAfter).getTime() - before).toBeGreaterThanOrEqual(397 * DAY_MS);
      expect(result.fields).toEqual([
        {
          subject: 'certificate',
          id: input['certificateId'],
          fields: {
            status: 'ACTIVE',
            spki,
            names: input['names'],
            serial,
            issuer: 'CN=example.org, O=Hler self-signed',
            notBefore,
            notAfter,
            fingerprint,
            chainPem: await readFile(liveFile(result, 'fullchain.pem'), 'utf8'),
          },
        },
      ]);
    },
  );

  it('stores files for nobody else, whatever the umask, and lets the key out nowhere', async () => {
    const umask = process.umask(0o777);
    const result = await succeeds(selfSign().finally(() => process.umask(umask)));
    const directory = text(result, 'directory');
    const modes = await Promise.all(
      [
        '..',
        '../by-certificate',
        '.',
        'gen-1',
        'gen-1/privkey.pem',
        'gen-1/combined.pem',
        'gen-1/cert.pem',
        'gen-1/generation.json',
      ].map(async (path) => ((await lstat(join(directory, path))).mode & 0o7777).toString(8)),
    );
    expect(modes).toEqual(['700', '700', '700', '700', '400', '400', '400', '400']);
    expect(await readlink(join(directory, 'live'))).toBe('gen-1');
    const key = (await readFile(liveFile(result, 'privkey.pem'), 'utf8')).split('\n')[1] ?? '';
    expect(key).toMatch(/^[A-Za-z0-9+/]{64}$/);
    expect(JSON.stringify([result, lines])).not.toContain(key);
    expect(JSON.stringify(result)).not.toContain('PRIVATE');
    expect(await readdir(join(root, 'staging'))).toEqual([]);
  });

  it('has nothing to do when it is run again, and undoes only what its own operation made', async () => {
    const operationId = newId();
    const first = await succeeds(selfSign({}, operationId));
    const reversed = (input['names'] as string[]).toReversed();
    const again = await succeeds(selfSign({ names: reversed }, operationId));
    const other = await succeeds(selfSign());
    expect(again).toEqual({ ...first, status: 'NOTHING_TO_DO' });
    expect(other.status).toBe('NOTHING_TO_DO');
    expect(other.undo).toBeUndefined();
    expect(other.output).toEqual(first.output);
    await undo(again);
    await undo(again);
    expect(await keysIn()).toEqual([]);
    expect(await readdir(join(root, 'tls', 'by-certificate'))).toEqual([]);
  });

  it('makes it anew for other names, with the same key, and takes that back', async () => {
    const first = await succeeds(selfSign());
    const second = await succeeds(selfSign({ names: ['example.org', 'münchen.example'] }));
    expect(second.status).toBe('SUCCESS');
    expect(second.output).toMatchObject({
      spki: first.output?.['spki'],
      names: ['example.org', 'xn--mnchen-3ya.example'],
    });
    expect(second.output?.['fingerprint']).not.toBe(first.output?.['fingerprint']);
    expect(await readlink(join(text(second, 'directory'), 'live'))).toBe('gen-2');
    await undo(second);
    expect(await readlink(join(text(second, 'directory'), 'live'))).toBe('gen-1');
    expect((await succeeds(selfSign())).output).toEqual(first.output);
  });

  it('keeps the last three generations', async () => {
    for (let round = 0; round < 5; round += 1) {
      const result = await succeeds(selfSign({ names: [`n${round}.example.org`] }));
      expect(result.status).toBe('SUCCESS');
    }
    const [spki = ''] = await keysIn();
    expect((await readdir(join(root, 'tls', spki))).toSorted()).toEqual(['gen-3', 'gen-4', 'gen-5', 'live']);
  });

  it('makes another key for another type of key, and goes back to the old one', async () => {
    const first = await succeeds(selfSign());
    const second = await succeeds(selfSign({ keyType: 'RSA_2048' }));
    expect(second.output?.['spki']).not.toBe(first.output?.['spki']);
    await undo(second);
    expect(await keysIn()).toEqual([first.output?.['spki']]);
    expect((await succeeds(selfSign())).status).toBe('NOTHING_TO_DO');
  });

  it('replaces what is damaged', async () => {
    const first = await succeeds(selfSign());
    await rm(liveFile(first, 'cert.pem'));
    const second = await succeeds(selfSign());
    expect(second.status).toBe('SUCCESS');
    expect(await handshake(second, 'example.org')).toMatchObject({ authorized: true });
  });

  it('leaves out a common name that is too long, and takes 100 names', async () => {
    const long = `${'a'.repeat(60)}.example.org`;
    const names = Array.from({ length: 100 }, (_, index) => `${index}.${long}`);
    const result = await succeeds(selfSign({ names }));
    expect(result.output?.['names']).toEqual(names);
    expect(result.fields?.[0]?.fields['issuer']).toBe('O=Hler self-signed');
    const cert = liveFile(result, 'cert.pem');
    await expect(run('openssl', ['verify', '-x509_strict', '-CAfile', cert, cert])).resolves.toMatchObject({
      stderr: '',
    });
  });

  it('refuses a store that a web server could send files from', async () => {
    await mkdir(join(root, 'htdocs'));
    const inside = { tlsDirectory: join(root, 'htdocs', 'a', 'tls'), documentRoots: [join(root, 'htdocs')] };
    expect(await selfSign(inside)).toMatchObject({ status: 'ERROR', failure: { code: 'CONFIG_INVALID' } });
    expect(await readdir(join(root, 'htdocs'))).toEqual([]);
  });

  it('refuses names that carry syntax, and stops when it is cancelled', async () => {
    expect(await selfSign({ names: ['a;b.example.org'] })).toMatchObject({ failure: { code: 'HOSTNAME_INVALID' } });
    expect(await selfSign({}, newId(), AbortSignal.abort())).toMatchObject({
      failure: { code: 'OPERATION_CANCELLED' },
    });
    expect(await keysIn()).toEqual([]);
  });

  it('replaces a certificate once, however often it is told to, and takes that back', async () => {
    const first = await succeeds(selfSign());
    const replaces = text(first, 'fingerprint');
    const second = await succeeds(selfSign({ replaces }));
    expect([second.status, text(second, 'spki')]).toEqual(['SUCCESS', text(first, 'spki')]);
    expect(text(second, 'fingerprint')).not.toBe(replaces);
    const third = await succeeds(selfSign({ replaces }));
    expect([third.status, text(third, 'fingerprint')]).toEqual(['NOTHING_TO_DO', text(second, 'fingerprint')]);
    await undo(second);
    expect(text(await succeeds(selfSign()), 'fingerprint')).toBe(replaces);
  });
});
