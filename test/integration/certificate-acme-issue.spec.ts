import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { TaskSuccess } from '../../src/operations/domain/task.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { newId } from '../../src/shared/ids.js';
import type { PlainObject } from '../../src/shared/plain.js';
import issueTask from '../../workers/tasks/certificate-acme-issue.js';
import revokeTask from '../../workers/tasks/certificate-acme-revoke.js';
import rollbackTask from '../../workers/tasks/certificate-rollback.js';
import { makeCsr } from '../../workers/tls/make-csr.js';
import { TlsStore } from '../../workers/tls/tls-store.js';
import { startChaosCa } from '../chaos-ca/start-chaos-ca.js';
import { filesBelow, startAcmeLab, type AcmeLab } from '../support/acme-lab.js';
import { performTask, runTask, undoTask } from '../support/run-task.js';

let lab: AcmeLab;
let root: string;
let lines: string[];
let input: PlainObject;

beforeAll(async () => {
  lab = await startAcmeLab();
});

afterAll(() => lab.stop());

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hler-acme-task-'));
  lines = [];
  input = {
    ...lab.request({ names: ['site.task.test'] }),
    acmeDirectory: lab.root,
    tlsDirectory: join(root, 'tls'),
    stagingDirectory: join(root, 'staging'),
    preflight: { resolvers: [lab.pebble.dns.server], ports: { http: lab.pebble.httpPort, https: 443 } },
  } as unknown as PlainObject;
});

afterEach(() => rm(root, { recursive: true, force: true }));

const say = (line: string): void => void lines.push(line);
const run = (operationId: string, changes: PlainObject = {}): Promise<TaskSuccess> =>
  performTask(issueTask, { ...input, ...changes }, { operationId, say });

/** A revocation of what this issue has brought, for which no account is needed. */
const byKey = ({ output }: TaskSuccess): PlainObject => ({
  acmeDirectory: join(root, 'no-account'),
  issuers: [{ ca: input['ca']!, account: input['account']! }],
  tlsDirectory: join(root, 'tls'),
  stagingDirectory: join(root, 'staging'),
  certificateId: input['certificateId']!,
  fingerprint: output!['fingerprint']!,
  certificatePem: null,
  reason: 'KEY_COMPROMISE',
  by: 'CERTIFICATE_KEY',
});

const keysInStore = async (): Promise<string[]> =>
  (await readdir(join(root, 'tls'))).filter((name) => name !== 'by-certificate').toSorted();

describe('certificate.acme-issue', () => {
  it('puts a certificate in force, has nothing to do when run again, and makes another for another operation', async () => {
    const operationId = newId();
    const first = await run(operationId);
    const again = await run(operationId);
    expect(again).toEqual({ ...first, status: 'NOTHING_TO_DO' });
    expect(first.output).toMatchObject({
      names: ['site.task.test'],
      acmeDirectoryUrl: lab.pebble.ca.directoryUrl,
      replaced: false,
      warnings: [],
    });
    const renewed = await run(newId());
    expect(renewed.output?.['spki']).not.toBe(first.output?.['spki']);
    const files = await readFile(join(root, 'tls', renewed.output?.['spki'] as string, 'live', 'cert.pem'), 'utf8');
    expect(renewed.fields?.[0]?.fields['chainPem']).toContain(files.trim());
  });

  it('killed after it was stored, knows so, and what the CA made of it', async () => {
    const operationId = newId();
    const certificateId = input['certificateId'] as string;
    const result = await lab.issue(lab.request({ certificateId, names: ['site.task.test'] }));
    const store = await TlsStore.open({ tlsDirectory: join(root, 'tls'), stagingDirectory: join(root, 'staging') });
    if ('privateKey' in result) {
      const { privateKey, outcome } = result;
      await store.put({
        privateKey,
        certificatePem: outcome.certificatePem,
        chainPem: outcome.chainPem,
        certificateId,
        operationId,
      });
    }
    const resumed = await run(operationId);
    expect(resumed.status).toBe('NOTHING_TO_DO');
    expect(resumed.output?.['ariId']).toMatch(/\./);
    expect(await readFile(lab.paths.order(certificateId), 'utf8')).not.toContain('PRIVATE KEY');
  });

  it('is taken back by its undo: what was before is in force again', async () => {
    const first = await run(newId());
    const second = await run(newId());
    await undoTask(issueTask, input, second.undo, { say });
    expect(await keysInStore()).toEqual([first.output?.['spki']]);
  });

  it.each([
    ['foreseen', {}],
    ['refused by the CA', { preflight: null }],
  ])('asks for no other certificate while the name that it lacks is %s', async (_, how) => {
    lab.web.elsewhere.add('lacking.task.test');
    const names = ['site.task.test', 'lacking.task.test'];
    const first = await run(newId(), { names });
    const wanted = { names, onlyWith: ['lacking.task.test'], ...how };
    const operationId = newId();
    const again = await run(operationId, wanted);
    expect(again).toMatchObject({
      status: 'NOTHING_TO_DO',
      output: { fingerprint: first.output?.['fingerprint'], names: ['site.task.test'] },
      warnings: [{ code: 'CERTIFICATE_NAME_LEFT_OUT', details: { name: 'lacking.task.test' } }],
    });
    // There is nothing to take back: what is in force was there before.
    expect(again.undo).toBeUndefined();
    expect(again.fields?.at(-1)?.fields['refusedNames']).toMatchObject([{ name: 'lacking.task.test' }]);
    expect(await run(operationId, wanted)).toEqual(again);
    lab.web.elsewhere.delete('lacking.task.test');
    expect((await run(newId(), wanted)).output?.['names']).toEqual(names.toSorted());
  });

  it('asks a backup for all names again, also for those that the first CA may not issue for, and says that it did', async () => {
    const first = await startChaosCa({ faults: [{ fault: 'serverError', operations: ['newOrder'], status: 503 }] });
    onTestFinished(() => first.stop());
    await lab.pebble.dns.tell('add-caa', {
      host: 'bound.task.test',
      policies: [{ tag: 'issue', value: 'other.example' }],
    });
    const operationId = newId();
    const names = ['site.task.test', 'bound.task.test'];
    const ca = { directoryUrl: first.directoryUrl, caBundlePem: first.listenerRoot, proxyUrl: null };
    const failed = await run(operationId, { names, ca, mayAskAnother: true }).catch((caught: unknown) => caught);
    expect(failed).toMatchObject({ code: 'ACME_UNAVAILABLE', retry: { policy: 'LATER' } });
    expect(lines.join('\n')).toContain('bound.task.test: A CAA record forbids this CA to issue for the name.');
    const backupNotice = 'The backup "second" is asked.';
    const issued = await run(operationId, { names, backupNotice });
    expect(issued).toMatchObject({
      output: { names: names.toSorted(), acmeDirectoryUrl: lab.pebble.ca.directoryUrl },
      warnings: [{ code: 'CERTIFICATE_FROM_BACKUP', summary: expect.stringContaining(backupNotice) }],
    });
    expect(lines).toContain(`${backupNotice} It is ${lab.pebble.ca.directoryUrl}.`);
    // Killed after that, it says the same.
    expect((await run(operationId, { names, backupNotice })).warnings).toEqual(issued.warnings);
  });

  it.each([
    ['of the server', {}],
    ["of its own, which the web server's line is not for", { name: 'own-dead', ownKey: true }],
  ])('leaves out the name that is at fault, says why, and gives the others theirs: account %s', async (_, its) => {
    lab.web.elsewhere.add('dead.task.test');
    const names = ['site.task.test', 'dead.task.test'];
    const account = { ...lab.request().account, ...its } as unknown as PlainObject;
    const { status, output, warnings, fields } = await run(newId(), { names, account });
    expect({ status, names: output?.['names'] }).toEqual({ status: 'SUCCESS', names: ['site.task.test'] });
    expect(output).toMatchObject({ 'spki of site.task.test': output?.['spki'] });
    expect(Object.keys(output ?? {})).not.toContain('spki of dead.task.test');
    expect(warnings).toMatchObject([
      { code: 'CERTIFICATE_NAME_LEFT_OUT', details: { name: 'dead.task.test', cause: 'POINTS_ELSEWHERE' } },
    ]);
    expect(fields?.at(-1)?.fields['refusedNames']).toMatchObject([
      { name: 'dead.task.test', cause: 'POINTS_ELSEWHERE', owner: 'YOUR_DNS' },
    ]);
    // The preflight saw it: the CA was not told to look, nor asked for it.
    expect(lab.pebble.output()).not.toContain('dead.task.test');
  });

  it.each([
    ['of the server', {}],
    ['of its own, whose names are looked at later', { name: 'own', ownKey: true }],
  ])('orders no name that no challenge is for, with an account %s', async (_, its) => {
    const unprovable = ['*.p.task.test', '*.q.task.test', '*.r.task.test'];
    const before = lab.ordersMade();
    const account = { ...lab.request().account, ...its } as unknown as PlainObject;
    const { output, warnings } = await run(newId(), { names: ['site.task.test', ...unprovable], account });
    expect(output?.['names']).toEqual(['site.task.test']);
    expect(warnings?.map(({ details }) => details)).toEqual(
      unprovable.map((name) => ({ name, cause: 'NO_CHALLENGE', foreseen: true })),
    );
    expect(lab.ordersMade() - before).toBe(1);
    const none = await run(newId(), { names: unprovable, account }).catch((caught: unknown) => caught);
    expect(none).toMatchObject({ code: 'ACME_REFUSED', retry: { policy: 'NEVER' } });
    expect(lab.ordersMade() - before).toBe(1);
  });

  it('says what is at fault with every name, and leaves what is in force', async () => {
    lab.web.elsewhere.add('dead.task.test');
    const held = await run(newId());
    const error = await run(newId(), { names: ['dead.task.test'] }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DomainError);
    expect(error).toMatchObject({
      code: 'ACME_REFUSED',
      details: {
        problems: [
          { identifier: { type: 'dns', value: 'dead.task.test' }, cause: 'POINTS_ELSEWHERE', owner: 'YOUR_DNS' },
        ],
        unaffected: [],
        caSide: false,
      },
      retry: { policy: 'LATER' },
    });
    expect(await keysInStore()).toContain(held.output?.['spki']);
  });

  it('lets no key into output, log or any file that others can read', async () => {
    const result = await run(newId());
    const spki = result.output?.['spki'] as string;
    const key = await readFile(join(root, 'tls', spki, 'live', 'privkey.pem'), 'utf8');
    const canary = key.split('\n')[1] ?? '';
    expect(canary.length).toBeGreaterThan(40);
    expect(JSON.stringify([result, lines])).not.toContain(canary);
    for (const path of await filesBelow(lab.root)) {
      expect(await readFile(path, 'utf8')).not.toContain(canary);
    }
  });

  it('revokes by the key of the certificate, when the account is gone', async () => {
    const result = await run(newId());
    const spki = result.output?.['spki'] as string;
    const certificatePem = await readFile(join(root, 'tls', spki, 'live', 'cert.pem'), 'utf8');
    const revocation = { ...byKey(result), certificatePem };
    expect(await runTask(revokeTask, revocation)).toEqual({ status: 'SUCCESS' });
    expect(await runTask(revokeTask, revocation)).toEqual({ status: 'NOTHING_TO_DO' });
  });

  it('revokes a predecessor that the store still has, and none of another certificate', async () => {
    const first = await run(newId());
    const renewed = await run(newId());
    const revocation = byKey(first);
    expect(first.output?.['spki']).not.toBe(renewed.output?.['spki']);
    expect(await runTask(revokeTask, { ...revocation, certificateId: newId() })).toMatchObject({
      failure: { code: 'CERTIFICATE_FINGERPRINT_UNKNOWN' },
    });
    expect(await runTask(revokeTask, revocation)).toEqual({ status: 'SUCCESS' });
    const { certificateId, tlsDirectory, stagingDirectory } = input;
    const back = { certificateId: certificateId!, tlsDirectory: tlsDirectory!, stagingDirectory: stagingDirectory! };
    expect(await runTask(rollbackTask, { ...back, names: ['site.task.test'] })).toMatchObject({
      failure: { code: 'CERTIFICATE_ROLLBACK_IMPOSSIBLE', details: { reason: 'REVOKED' } },
    });
    // The note of it is in the way of nothing.
    const third = await run(newId());
    expect(await runTask(rollbackTask, { ...back, names: ['site.task.test'] })).toMatchObject({ status: 'SUCCESS' });
    await run(newId());
    await run(newId());
    expect(await keysInStore()).not.toContain(first.output?.['spki']);
    expect(await keysInStore()).not.toContain(third.output?.['spki']);
    const serialOf = ({ fields }: TaskSuccess): string => fields?.[0]?.fields['serial'] as string;
    expect(await lab.pebble.statusOf(serialOf(first))).toBe('Revoked');
    expect(await lab.pebble.statusOf(serialOf(renewed))).toBe('Valid');
  });
});

describe('the request for a certificate', () => {
  it.each(['ec', 'rsa'])('with an %s key is what openssl takes it for', async (type) => {
    await mkdir(root, { recursive: true });
    const { privateKey } =
      type === 'ec'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('rsa', { modulusLength: 2048 });
    const names = ['*.example.test', ...Array.from({ length: 99 }, (_, index) => `n${index}.example.test`)];
    const path = join(root, 'request.der');
    await writeFile(path, makeCsr(privateKey, { names, addresses: ['192.0.2.1', '2001:db8::1', '::1'] }));
    const { stdout, stderr } = await promisify(execFile)('openssl', [
      'req',
      '-inform',
      'DER',
      '-in',
      path,
      '-noout',
      '-text',
      '-verify',
    ]);
    expect(stderr).toContain('verify OK');
    expect(stdout).toMatch(/Subject: *\n/);
    const alternatives = /Alternative Name: *\n\s*(.*)/.exec(stdout)?.[1]?.split(', ') ?? [];
    expect(alternatives).toEqual([
      ...names.map((name) => `DNS:${name}`),
      'IP Address:192.0.2.1',
      'IP Address:2001:DB8:0:0:0:0:0:1',
      'IP Address:0:0:0:0:0:0:0:1',
    ]);
  });
});
