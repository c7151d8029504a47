import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Certificate, CertificateProviderName } from '../../src/certificates/domain/certificate.js';
import type { ProviderKind } from '../../src/certificates/domain/provider-kinds/provider-kind.js';
import { PROVIDER_KINDS } from '../../src/certificates/domain/provider-kinds/provider-kinds.js';
import { spkiOf } from '../../src/certificates/domain/spki.js';
import { CERTIFICATE_PROVIDERS } from '../../src/certificates/domain/certificate.js';
import type { TaskSuccess } from '../../src/operations/domain/task.js';
import { newId } from '../../src/shared/ids.js';
import type { PlainObject } from '../../src/shared/plain.js';
import { TASKS } from '../../workers/tasks/index.js';
import { TlsStore } from '../../workers/tls/tls-store.js';
import { performTask, runTask, undoTask } from '../support/run-task.js';
import { acmeSubject } from './certificate-providers/acme.js';
import { selfSignedSubject } from './certificate-providers/self-signed.js';
import { aServerAt, aWish, type Subject, type Wanted } from './certificate-providers/subject.js';
import { uploadSubject } from './certificate-providers/upload.js';

/** A new kind of provider is held to this suite by a file beside the others, and a line here. */
const SUBJECTS: Readonly<Record<CertificateProviderName, (root: string) => Promise<Subject>>> = {
  SELF_SIGNED: selfSignedSubject,
  ACME: acmeSubject,
  UPLOAD: uploadSubject,
};

describe.each(CERTIFICATE_PROVIDERS)('the provider %s', (provider) => {
  const kind: ProviderKind = PROVIDER_KINDS[provider];
  let root: string;
  let subject: Subject;
  let wanted: Wanted;
  let said: string[];

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'hler-provider-'));
    // A web server that is not root answers challenges from below it.
    await chmod(root, 0o755);
    subject = await SUBJECTS[provider](root);
  });
  afterAll(async () => {
    await subject?.stop?.();
    await rm(root, { recursive: true, force: true });
  });
  beforeEach(async () => {
    said = [];
    await Promise.all(['tls', 'staging'].map((name) => rm(join(root, name), { recursive: true, force: true })));
    const certificate = aWish(provider, ['site.contract.test', 'www.site.contract.test']);
    wanted = { certificate, server: aServerAt(root), documentRoots: [] };
  });

  const say = (line: string): void => void said.push(line);
  const perform = async (input: PlainObject, operationId = newId()): Promise<TaskSuccess> =>
    performTask(subject.task, input, { operationId, say });

  /** As it stands in the database once this was reported. */
  const after = (success: TaskSuccess): Wanted => ({
    ...wanted,
    certificate: { ...wanted.certificate, ...(success.fields?.[0]?.fields as Partial<Certificate>) },
  });

  const live = async () => {
    const store = await TlsStore.open({ tlsDirectory: join(root, 'tls'), stagingDirectory: join(root, 'staging') });
    return store.findByCertificate(wanted.certificate.id);
  };

  /** Every file and directory of the store: what it is, and what is in it. */
  async function onDisk(): Promise<readonly string[]> {
    const entries = await readdir(join(root, 'tls'), { recursive: true, withFileTypes: true }).catch(() => []);
    const all = entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const mode = ((await stat(path)).mode & 0o777).toString(8);
      return `${path.slice(root.length)} ${entry.isFile() ? `file ${mode} ${await readFile(path, 'utf8')}` : `other ${mode}`}`;
    });
    return (await Promise.all(all)).toSorted();
  }

  it('is known by a sentence, and its task to the threads', () => {
    expect(kind.description).toMatch(/\.$/);
    expect(kind.renewal.automatic).toBe(kind.issuing !== null);
    const task = kind.issuing?.task ?? subject.task.name;
    expect(task).toBe(subject.task.name);
    expect(TASKS.map(({ name }) => name)).toContain(task);
  });

  it('puts a pair in force for the names, and reports what it is', async () => {
    const { status, output, fields } = await perform(await subject.input(wanted));
    const stored = await live();
    const leaf = new X509Certificate(stored!.certificatePem);
    expect(status).toBe('SUCCESS');
    expect(leaf.checkPrivateKey(createPrivateKey(stored!.privateKey.reveal()))).toBe(true);
    for (const name of wanted.certificate.requestedNames) {
      expect(leaf.checkHost(name)).toBe(name);
    }
    const spki = spkiOf(createPublicKey(stored!.privateKey.reveal()));
    expect(output).toMatchObject({ spki, names: wanted.certificate.requestedNames });
    const [reported] = fields ?? [];
    expect(reported).toMatchObject({
      subject: 'certificate',
      id: wanted.certificate.id,
      fields: { status: 'ACTIVE', spki },
    });
  });

  it('leaves its files to their owner alone', async () => {
    await perform(await subject.input(wanted));
    const lines = await onDisk();
    expect(lines.filter((line) => / file /.test(line)).every((line) => / file 400 /.test(line))).toBe(true);
    expect(lines.filter((line) => / other /.test(line)).every((line) => line.endsWith(' other 700'))).toBe(true);
  });

  it('tells the key to nobody: not in what it reports, not in what it can be taken back by, not in what it logs', async () => {
    const result = await perform(await subject.input(wanted));
    const key = (await live())!.privateKey.reveal();
    const body = key.split('\n').slice(1, -2).join('');
    const { d } = createPrivateKey(key).export({ format: 'jwk' }) as { d: string };
    const told = JSON.stringify([result, said]).replaceAll('\\n', '');
    for (const secret of [body, body.slice(20, 60), d]) {
      expect(told).not.toContain(secret);
    }
  });

  it('run again by the same operation changes nothing', async () => {
    const [operationId, input] = [newId(), await subject.input(wanted)];
    const first = await perform(input, operationId);
    const before = await onDisk();
    expect(await perform(input, operationId)).toEqual({ ...first, status: 'NOTHING_TO_DO' });
    expect(await onDisk()).toEqual(before);
  });

  it('makes a successor for another operation, and takes it back, however often', async () => {
    const first = await perform(await subject.input(wanted));
    const input = await subject.input(after(first));
    const second = await perform(input);
    const fingerprint = async (): Promise<string | undefined> => {
      const stored = await live();
      return stored && new X509Certificate(stored.certificatePem).fingerprint256;
    };
    const inForce = await fingerprint();
    expect(inForce?.replaceAll(':', '').toLowerCase()).toBe(second.output?.['fingerprint']);
    expect(second.output?.['fingerprint']).not.toBe(first.output?.['fingerprint']);
    for (let time = 0; time < 2; time += 1) {
      await undoTask(subject.task, input, second.undo, { say });
      expect((await fingerprint())?.replaceAll(':', '').toLowerCase()).toBe(first.output?.['fingerprint']);
    }
  });

  it('taken back, the first one leaves no key behind', async () => {
    const input = await subject.input(wanted);
    const { undo } = await perform(input);
    await undoTask(subject.task, input, undo, { say });
    expect((await onDisk()).filter((line) => / file /.test(line))).toEqual([]);
    expect(await live()).toBeUndefined();
  });

  it('refused, leaves what is in force as it was, and says why', async () => {
    const first = await perform(await subject.input(wanted));
    const before = await onDisk();
    const result = await runTask(subject.task, await subject.refused(after(first)), { say });
    expect(result).toMatchObject({ status: 'ERROR', failure: { summary: expect.stringMatching(/\w{3} .*[.)]$/) } });
    expect(await onDisk()).toEqual(before);
  });

  it('cancelled, stores nothing', async () => {
    const input = await subject.input(wanted);
    const result = await runTask(subject.task, input, { say, signal: AbortSignal.abort() });
    expect(result).toMatchObject({ status: 'ERROR', failure: { code: 'OPERATION_CANCELLED' } });
    expect((await onDisk()).filter((line) => / file /.test(line))).toEqual([]);
  });

  it('keeps its keys out of the document roots of what it serves', async () => {
    const input = await subject.input({ ...wanted, documentRoots: [root] });
    const result = await runTask(subject.task, input, { say });
    expect(result).toMatchObject({ status: 'ERROR', failure: { code: 'CONFIG_INVALID' } });
    expect((await onDisk()).filter((line) => / file /.test(line))).toEqual([]);
  });
});
