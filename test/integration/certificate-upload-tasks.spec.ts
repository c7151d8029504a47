import { execFile } from 'node:child_process';
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { lstat, mkdtemp, readdir, readFile, readlink, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { spkiOf } from '../../src/certificates/domain/spki.js';
import type { TaskResult, TaskSuccess } from '../../src/operations/domain/task.js';
import { newId } from '../../src/shared/ids.js';
import type { PlainObject } from '../../src/shared/plain.js';
import type { AnyTask } from '../../workers/define-task.js';
import csrTask from '../../workers/tasks/certificate-csr.js';
import installTask from '../../workers/tasks/certificate-install.js';
import rollbackTask from '../../workers/tasks/certificate-rollback.js';
import storeTask from '../../workers/tasks/certificate-store.js';
import { TlsStore } from '../../workers/tls/tls-store.js';
import { issue, type Issued, type Wish } from '../support/certificate-authority.js';
import { asResult, runTask, succeededTask, undoTask } from '../support/run-task.js';

const run = promisify(execFile);
const NAMES = ['example.org', 'www.example.org'];
const DAY_MS = 86_400_000;
const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);

let root: string;
let place: { readonly certificateId: string; readonly tlsDirectory: string; readonly stagingDirectory: string };
let ca: Issued;
let lines: string[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hler-upload-tasks-'));
  lines = [];
  place = { certificateId: newId(), tlsDirectory: join(root, 'tls'), stagingDirectory: join(root, 'staging') };
  ca = await issue('CA', undefined, { ca: true });
});
afterEach(() => rm(root, { recursive: true, force: true }));

const child = (wish: Wish = {}): Promise<Issued> => issue('example.org', ca, { names: NAMES, ...wish });

const say = (message: string): void => void lines.push(message);

async function perform(
  task: AnyTask,
  input: PlainObject,
  options: { readonly operationId?: string; readonly undo?: PlainObject; readonly aborted?: boolean } = {},
): Promise<TaskResult> {
  const { undo, aborted = false, ...named } = options;
  const call = { ...named, say, ...(aborted && { signal: AbortSignal.abort() }) };
  const given = { ...place, ...input };
  if (undo === undefined) {
    return runTask(task, given, call);
  }
  return asResult(async () => {
    await undoTask(task, given, undo, call);
    return { status: 'SUCCESS' };
  });
}

const pairOf = ({ pem, keyPem }: Pick<Issued, 'pem' | 'keyPem'>, names = NAMES): PlainObject => ({
  certificatePem: pem,
  chainPem: ca.pem,
  privateKey: keyPem,
  names,
});

const spki = ({ pem }: Issued): string => spkiOf(new X509Certificate(pem).publicKey);
const directory = (of: Issued): string => join(place.tlsDirectory, spki(of));
const liveOf = (of: Issued): Promise<string> => readlink(join(directory(of), 'live'));
const reasonOf = (result: TaskResult): unknown =>
  result.status === 'ERROR' ? [result.failure.code, result.failure.details?.['reason']] : result.status;

/** The certificates of a key's generations, oldest first, with the one in force marked. */
async function generations(of: Issued, known: Readonly<Record<string, Issued>>): Promise<readonly string[]> {
  const live = await liveOf(of);
  const names = (await readdir(directory(of))).filter((name) => name !== 'live');
  const sorted = names.sort((one, other) => Number(one.slice(4)) - Number(other.slice(4)));
  return Promise.all(
    sorted.map(async (name) => {
      const pem = await readFile(join(directory(of), name, 'cert.pem'), 'utf8');
      const found = Object.entries(known).find(([, issued]) => issued.pem === pem)?.[0] ?? '?';
      return name === live ? `${found}*` : found;
    }),
  );
}

describe('certificate.store', () => {
  it('stores the pair, 0700 and 0400, and has nothing to do the second time', async () => {
    const a = await child();
    const first = succeededTask(await perform(storeTask, pairOf(a)));
    const again = succeededTask(await perform(storeTask, pairOf(a)));
    expect([first.status, again.status, again.undo]).toEqual(['SUCCESS', 'NOTHING_TO_DO', undefined]);
    const told = JSON.stringify([first, again, lines]);
    const [, secretLine = ''] = a.keyPem.split('\n');
    expect([told.includes('PRIVATE KEY'), told.includes(secretLine.slice(10, 50))]).toEqual([false, false]);
    const modes = new Map<string, number>();
    for (const name of await readdir(place.tlsDirectory, { recursive: true })) {
      const found = await lstat(join(place.tlsDirectory, name));
      modes.set(found.isDirectory() ? 'directory' : found.isFile() ? 'file' : 'link', found.mode & 0o777);
    }
    expect(Object.fromEntries(modes)).toMatchObject({ directory: 0o700, file: 0o400 });
  });

  it('checks once more what it was sent', async () => {
    const [a, b, expired] = [await child(), await child(), await child({ until: inDays(-0.1) })];
    const results = [
      await perform(storeTask, { ...pairOf(a), privateKey: b.keyPem }),
      await perform(storeTask, pairOf(expired)),
      await perform(storeTask, pairOf(a, ['else.example.org'])),
      await perform(storeTask, pairOf(a), { aborted: true }),
    ];
    expect(results.map(reasonOf)).toEqual([
      ['CERTIFICATE_REFUSED', 'KEY_DOES_NOT_MATCH'],
      ['CERTIFICATE_REFUSED', 'EXPIRED'],
      ['CERTIFICATE_REFUSED', 'NAMES_NOT_COVERED'],
      ['OPERATION_CANCELLED', undefined],
    ]);
    expect(await readdir(place.tlsDirectory)).toEqual(['by-certificate']);
    expect(await readdir(place.stagingDirectory).catch(() => [])).toEqual([]);
  });

  it('is undone: what was before is in force, and a key that was new is gone', async () => {
    const a = await child();
    const b = await child({ keys: a.keys, until: inDays(100) });
    const first = succeededTask(await perform(storeTask, pairOf(a)));
    const renewal = { ...pairOf(b), privateKey: a.keyPem };
    const second = succeededTask(await perform(storeTask, renewal));
    await perform(storeTask, renewal, { undo: second.undo ?? {} });
    expect(await generations(a, { a, b })).toEqual(['a*']);
    await perform(storeTask, pairOf(a), { undo: first.undo ?? {} });
    expect(await readdir(place.tlsDirectory)).toEqual(['by-certificate']);
  });
});

describe('certificate.rollback', () => {
  async function stored(count: number): Promise<Readonly<Record<string, Issued>> & { readonly a: Issued }> {
    const a = await child();
    const all: Record<string, Issued> & { a: Issued } = { a };
    succeededTask(await perform(storeTask, pairOf(a)));
    for (const name of ['b', 'c', 'd', 'e'].slice(0, count - 1)) {
      const next = await child({ keys: a.keys, until: inDays(90 + name.charCodeAt(0)) });
      all[name] = next;
      succeededTask(await perform(storeTask, { ...pairOf(next), privateKey: a.keyPem }));
    }
    return all;
  }

  it('goes back one generation at a time, keeps three, and says when there is none', async () => {
    const all = await stored(4);
    expect(await generations(all.a, all)).toEqual(['b', 'c', 'd*']);
    const began = performance.now();
    expect((await perform(rollbackTask, { names: NAMES })).status).toBe('SUCCESS');
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(await generations(all.a, all)).toEqual(['b', 'c*', 'd']);
    expect((await perform(rollbackTask, { names: NAMES })).status).toBe('SUCCESS');
    expect(await generations(all.a, all)).toEqual(['b*', 'c', 'd']);
    expect(reasonOf(await perform(rollbackTask, { names: NAMES }))).toEqual([
      'CERTIFICATE_ROLLBACK_IMPOSSIBLE',
      'NO_EARLIER_GENERATION',
    ]);
    expect(await generations(all.a, all)).toEqual(['b*', 'c', 'd']);
  });

  it('goes back once however often the same operation runs it, and forward when it is undone', async () => {
    const all = await stored(3);
    const operationId = newId();
    const first = succeededTask(await perform(rollbackTask, { names: NAMES }, { operationId }));
    const again = succeededTask(await perform(rollbackTask, { names: NAMES }, { operationId }));
    expect([await generations(all.a, all), again]).toEqual([['a', 'b*', 'c'], first]);
    await perform(rollbackTask, { names: NAMES }, { operationId, undo: first.undo ?? {} });
    expect(await generations(all.a, all)).toEqual(['a', 'b', 'c*']);
  });

  it('keeps what an upload after it has to be able to go back to', async () => {
    const all = await stored(3);
    await perform(rollbackTask, { names: NAMES });
    await perform(rollbackTask, { names: NAMES });
    expect(await generations(all.a, all)).toEqual(['a*', 'b', 'c']);
    const d = await child({ keys: all.a.keys, until: inDays(300) });
    const pair = { ...pairOf(d), privateKey: all.a.keyPem };
    const put = succeededTask(await perform(storeTask, pair));
    expect(await generations(all.a, { ...all, d })).toEqual(['a', 'b', 'c', 'd*']);
    await perform(storeTask, pair, { undo: put.undo ?? {} });
    expect(await generations(all.a, { ...all, d })).toEqual(['a*', 'b', 'c']);
  });

  it('stays rolled back when an upload after it is killed before its generation has its name', async () => {
    const all = await stored(3);
    await perform(rollbackTask, { names: NAMES });
    await symlink(join('..', spki(all.a)), join(place.tlsDirectory, 'by-certificate', `${place.certificateId}.next`));
    const store = await TlsStore.open(place);
    expect((await store.findByCertificate(place.certificateId))?.certificatePem).toBe(all['b']?.pem);
    expect(await generations(all.a, all)).toEqual(['a', 'b*', 'c']);
  });

  it('refuses what is expired, or does not cover what is served now', async () => {
    const old = await child({ until: new Date(Date.now() + 1_500) });
    succeededTask(await perform(storeTask, pairOf(old)));
    const more = await child({ keys: old.keys, names: [...NAMES, 'shop.example.org'] });
    succeededTask(await perform(storeTask, { ...pairOf(more), privateKey: old.keyPem }));
    expect(reasonOf(await perform(rollbackTask, { names: ['shop.example.org'] }))).toEqual([
      'CERTIFICATE_ROLLBACK_IMPOSSIBLE',
      'NAMES_NOT_COVERED',
    ]);
    await expect
      .poll(
        () =>
          perform(rollbackTask, { names: NAMES }, { aborted: false })
            .then(reasonOf)
            .then(async (reason) => {
              // Until it has expired it may go back; then forward again, and once more.
              if (reason === 'SUCCESS') {
                await perform(storeTask, { ...pairOf(more), privateKey: old.keyPem });
              }
              return reason;
            }),
        { timeout: 10_000 },
      )
      .toEqual(['CERTIFICATE_ROLLBACK_IMPOSSIBLE', 'EXPIRED']);
  });
});

describe('certificate.csr and certificate.install', () => {
  const wish = { names: NAMES, keyType: 'EC_P256', subject: {} };
  const requestOf = (result: TaskSuccess): unknown => result.fields?.[0]?.fields['csrPem'];

  it.each(['EC_P256', 'EC_P384', 'RSA_2048'])('makes a request that openssl verifies: %s', async (keyType) => {
    const made = succeededTask(
      await perform(csrTask, { ...wish, keyType, subject: { organization: 'Ægir', country: 'IS' } }),
    );
    const path = join(place.tlsDirectory, 'requests', place.certificateId, 'request.pem');
    const { stdout, stderr } = await run('openssl', ['req', '-in', path, '-noout', '-verify', '-text']);
    expect(stdout + stderr).toMatch(/verify OK/i);
    expect(stdout).toContain('DNS:example.org, DNS:www.example.org');
    expect(stdout).toMatch(/Subject: O ?= ?.*gir, C ?= ?IS/);
    expect(JSON.stringify([made, lines])).not.toContain('PRIVATE');
  });

  it('gives the same request to the same wish, and leaves nothing when it is undone', async () => {
    const first = succeededTask(await perform(csrTask, wish));
    const again = succeededTask(await perform(csrTask, wish));
    expect([again.status, requestOf(again), again.undo]).toEqual(['NOTHING_TO_DO', requestOf(first), undefined]);
    const path = join(place.tlsDirectory, 'requests', place.certificateId, 'request.pem');
    expect((await run('openssl', ['req', '-in', path, '-noout', '-subject'])).stdout.trim()).toBe('subject=');
    await perform(csrTask, wish, { undo: first.undo ?? {} });
    expect(await readdir(join(place.tlsDirectory, 'requests'))).toEqual([]);
  });

  it('installs what was signed for the key, keeps the key when that is undone, and needs a request', async () => {
    succeededTask(await perform(csrTask, wish));
    const keyPath = join(place.tlsDirectory, 'requests', place.certificateId, 'privkey.pem');
    const key = createPrivateKey(await readFile(keyPath, 'utf8'));
    const { subtle } = globalThis.crypto;
    const der = createPublicKey(key).export({ type: 'spki', format: 'der' });
    const publicKey = await subtle.importKey('spki', der, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']);
    const signed = await child({ publicKey });
    const input = { certificatePem: signed.pem, chainPem: ca.pem, names: NAMES };
    const made = succeededTask(await perform(installTask, input));
    expect(await generations(signed, { signed })).toEqual(['signed*']);
    expect((await perform(installTask, input)).status).toBe('NOTHING_TO_DO');
    await perform(installTask, input, { undo: made.undo ?? {} });
    expect((await perform(installTask, input)).status).toBe('SUCCESS');
    const stranger = await child();
    const other = { ...input, certificatePem: stranger.pem };
    expect(reasonOf(await perform(installTask, other))).toEqual(['CERTIFICATE_REFUSED', 'KEY_DOES_NOT_MATCH']);
    expect(reasonOf(await perform(installTask, { ...other, certificateId: newId() }))).toEqual([
      'CERTIFICATE_REQUEST_MISSING',
      undefined,
    ]);
  });
});
