import { chmod, lstat, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TaskResult } from '../../src/operations/domain/task.js';
import { newId } from '../../src/shared/ids.js';
import type { PlainObject } from '../../src/shared/plain.js';
import checkTask from '../../workers/tasks/certificate-check.js';
import { makeKeyPair, privateKeyPem, selfSign } from '../../workers/tls/make-self-signed.js';
import { TlsStore } from '../../workers/tls/tls-store.js';
import { runTask } from '../support/run-task.js';

let root: string;
let spki: string;
let generation: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hler-check-'));
  const store = await TlsStore.open({ tlsDirectory: join(root, 'tls'), stagingDirectory: join(root, 'staging') });
  const pair = await makeKeyPair('EC_P256');
  const stored = await store.put({
    certificateId: newId(),
    operationId: newId(),
    privateKey: privateKeyPem(pair.privateKey),
    certificatePem: await selfSign(pair, { names: ['example.org', '*.example.org'], days: 90, now: new Date() }),
    chainPem: '',
  });
  spki = stored.spki;
  generation = join(stored.directory, 'gen-1');
});

afterEach(() => rm(root, { recursive: true, force: true }));

function check(changes: PlainObject = {}): Promise<TaskResult> {
  const names = ['example.org', 'www.example.org'];
  return runTask(checkTask, { tlsDirectory: join(root, 'tls'), spki, names, ...changes });
}

async function overwrite(name: string, change: (content: string) => string): Promise<void> {
  const path = join(generation, name);
  const content = await readFile(path, 'utf8');
  await rm(path);
  await writeFile(path, change(content), { mode: 0o400 });
}

const invalid = (reason: string): object => ({
  status: 'ERROR',
  failure: { code: 'CERTIFICATE_FILES_INVALID', details: { reason } },
});

describe('certificate.check', () => {
  it('has nothing to do when all is as it should be', async () => {
    expect(await check()).toEqual({ status: 'NOTHING_TO_DO' });
  });

  it('closes what was open to others, once', async () => {
    await chmod(join(generation, 'privkey.pem'), 0o644);
    await chmod(generation, 0o755);
    expect(await check()).toEqual({ status: 'SUCCESS' });
    expect((await lstat(join(generation, 'privkey.pem'))).mode & 0o777).toBe(0o400);
    expect((await lstat(generation)).mode & 0o777).toBe(0o700);
    expect(await check()).toEqual({ status: 'NOTHING_TO_DO' });
  });

  it('says what does not fit', async () => {
    expect(await check({ names: ['a.b.example.org'] })).toMatchObject(invalid('NAMES_NOT_COVERED'));
    expect(await check({ spki: '0'.repeat(64) })).toMatchObject(invalid('FILES_MISSING'));
    await overwrite('combined.pem', (content) => content.slice(0, -10));
    expect(await check()).toMatchObject(invalid('FILES_DIFFER'));
  });

  it('notices a key of another certificate', async () => {
    const other = privateKeyPem((await makeKeyPair('EC_P256')).privateKey).reveal();
    const certificate = await readFile(join(generation, 'cert.pem'), 'utf8');
    await overwrite('privkey.pem', () => other);
    await overwrite('combined.pem', () => certificate + other);
    expect(await check()).toMatchObject(invalid('KEY_DOES_NOT_MATCH'));
  });

  it('notices a file that is gone', async () => {
    await rm(join(generation, 'fullchain.pem'));
    expect(await check()).toMatchObject({ status: 'ERROR', failure: { code: 'CERTIFICATE_FILES_INVALID' } });
  });
});
