import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Redis } from 'ioredis';
import * as x509 from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certificateFacts } from '../../src/certificates/domain/certificate-facts.js';
import { privateUrls } from '../../src/private-services/index.js';
import { OPERATION, type Operation } from '../support/api-client.js';
import { issue, type Issued, type Wish } from '../support/certificate-authority.js';
import { createClient, createSite, makeGround, siteView, states, type Ground } from '../support/ground.js';
import { startHler, type Hler } from '../support/hler.js';

const DAY_MS = 86_400_000;
const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);
const NAMES = ['upload.example.org', 'www.upload.example.org'];
const CERTIFICATE =
  'id provider keyType status names spki fingerprint serial issuer notBefore notAfter chainPem csrPem';

interface Answer {
  readonly certificate: { readonly id: string; readonly spki: string | null };
  readonly operation: Operation;
  readonly warnings: readonly { readonly reason: string; readonly message: string }[];
}

describe('certificates from outside', () => {
  let hler: Hler;
  let ground: Ground;
  let siteId: string;
  let root: Issued;
  let ca: Issued;

  beforeAll(async () => {
    hler = await startHler();
    ground = await makeGround(hler);
    siteId = await createSite(hler.api, ground, 'upload.example.org', {
      https: 'ENABLED',
      aliases: [{ name: 'www.upload.example.org' }],
    });
    root = await issue('Upload Root', undefined, { ca: true });
    ca = await issue('Upload CA', root, { ca: true });
  });
  afterAll(() => hler?.stop());

  const child = (wish: Wish = {}): Promise<Issued> => issue('upload.example.org', ca, { names: NAMES, ...wish });

  async function call(mutation: string, input: object): Promise<Answer & { readonly ended: Operation }> {
    const selection = `certificate { id spki } operation { ${OPERATION} } warnings { reason message }`;
    const answer = await hler.api.mutate<Answer>(mutation, input, selection);
    return { ...answer, ended: await hler.api.ended(answer.operation.id) };
  }

  const upload = (...material: readonly string[]) => call('uploadCertificate', { siteId, material });

  async function served(host = NAMES[0] ?? ''): Promise<string> {
    const { certificate } = await hler.get('https', host);
    return certificate === undefined ? '' : certificateFacts(certificate).fingerprint;
  }

  const fingerprint = ({ der }: Issued): string => certificateFacts(new X509Certificate(der)).fingerprint;

  async function certificate(id: string): Promise<Record<string, unknown>> {
    const answer = await hler.api.ask<{ certificate: Record<string, unknown> }>(
      `query ($id: ID!) { certificate(id: $id) { ${CERTIFICATE} } }`,
      { id },
    );
    return answer.certificate;
  }

  it('are uploaded, served by handshake, renewed under the same key as a generation, and rolled back', async () => {
    const first = await child({ until: inDays(120) });
    const one = await upload(root.pem + first.keyPem, ca.pem + first.pem);
    expect([one.ended.state, states(one.ended)]).toEqual([
      'SUCCEEDED',
      ['certificate.store SUCCESS', 'http.apply SUCCESS'],
    ]);
    expect(await served()).toBe(fingerprint(first));
    expect(await served('www.upload.example.org')).toBe(fingerprint(first));
    expect((await siteView(hler.api, siteId)).certificate?.id).toBe(one.certificate.id);
    expect(await certificate(one.certificate.id)).toMatchObject({
      provider: 'UPLOAD',
      keyType: 'EC_P256',
      status: 'ACTIVE',
      names: NAMES,
      fingerprint: fingerprint(first),
      chainPem: first.pem + ca.pem,
    });

    const again = await upload(first.keyPem, first.pem + ca.pem + root.pem);
    expect([again.certificate.id, states(again.ended)]).toEqual([
      one.certificate.id,
      ['certificate.store NOTHING_TO_DO', 'http.apply NOTHING_TO_DO'],
    ]);

    const second = await child({ keys: first.keys, until: inDays(150) });
    const two = await upload(first.keyPem + second.pem + ca.pem);
    expect(two.certificate.id).toBe(one.certificate.id);
    expect(await served()).toBe(fingerprint(second));

    const third = await child({ keys: first.keys, until: inDays(160) });
    await upload(first.keyPem + third.pem + ca.pem);
    const fourth = await child({ keys: first.keys, until: inDays(170) });
    await upload(first.keyPem + fourth.pem + ca.pem);
    const directory = join(hler.paths.tls, two.certificate.spki ?? '');
    expect((await readdir(directory)).sort()).toEqual(['gen-2', 'gen-3', 'gen-4', 'live']);

    const input = { certificateId: one.certificate.id };
    for (const [back, reason] of [
      [third, null],
      [second, null],
      [second, 'NO_EARLIER_GENERATION'],
    ] as const) {
      const { ended } = await call('rollbackCertificate', input);
      expect([ended.state, ended.failure?.code, ended.failure?.details?.['reason']]).toEqual(
        reason === null
          ? ['SUCCEEDED', undefined, undefined]
          : ['FAILED', 'CERTIFICATE_ROLLBACK_IMPOSSIBLE', 'NO_EARLIER_GENERATION'],
      );
      expect(await served()).toBe(fingerprint(back));
      expect(await certificate(one.certificate.id)).toMatchObject({ status: 'ACTIVE', fingerprint: fingerprint(back) });
    }
    const deployed = await call('deployCertificate', input);
    expect(states(deployed.ended)).toEqual(['certificate.check NOTHING_TO_DO', 'http.apply NOTHING_TO_DO']);
    expect(await served()).toBe(fingerprint(second));
  });

  it('of another key become another certificate, served when they last longer', async () => {
    const longer = await child({ until: inDays(180), curve: 'P-384' });
    const { certificate: made, ended, warnings } = await upload(longer.keyPem + longer.pem + ca.pem);
    expect([ended.state, warnings.map(({ reason }) => reason)]).toEqual(['SUCCEEDED', ['CHAIN_MAY_BE_INCOMPLETE']]);
    expect(await certificate(made.id)).toMatchObject({ keyType: 'EC_P384' });
    expect(await served()).toBe(fingerprint(longer));
    const shorter = await child({ until: inDays(20) });
    const unused = await upload(shorter.keyPem + shorter.pem + ca.pem + root.pem);
    expect([unused.ended.state, unused.warnings.map(({ reason }) => reason)]).toEqual(['SUCCEEDED', ['NOT_SERVED']]);
    expect(await served()).toBe(fingerprint(longer));
  });

  it('serve every site that a wildcard covers, and no deeper one', async () => {
    const wild = ['one.wild.example.org', 'two.wild.example.org', 'a.two.wild.example.org'];
    const [one = ''] = await Promise.all(wild.map((uri) => createSite(hler.api, ground, uri, { https: 'ENABLED' })));
    const made = await issue('wild', ca, { names: ['*.wild.example.org'] });
    const input = { siteId: one, material: [made.keyPem, made.pem + ca.pem + root.pem] };
    const { ended } = await call('uploadCertificate', input);
    expect(ended.state).toBe('SUCCEEDED');
    const seen = await Promise.all(wild.map((host) => served(host)));
    expect(seen.map((one) => one === fingerprint(made))).toEqual([true, true, false]);
  });

  it('are made for a request whose key never leaves the server', async () => {
    const name = 'csr.example.org';
    const site = await createSite(hler.api, ground, name, { https: 'ENABLED' });
    const asked = await call('createCsr', { siteId: site, subject: { organization: 'Ægir Ltd', country: 'IS' } });
    expect(states(asked.ended)).toEqual(['certificate.csr SUCCESS']);
    const { csrPem, status } = await certificate(asked.certificate.id);
    const request = new x509.Pkcs10CertificateRequest(String(csrPem));
    expect([status, request.subject, await request.verify()]).toEqual(['PENDING', 'O=Ægir Ltd, C=IS', true]);
    const wish = { names: [name], publicKey: await request.publicKey.export() } as const;
    const signed = await issue(name, ca, wish);
    const certificateId = asked.certificate.id;
    const refusals = [
      [(await issue(name, ca, { names: [name] })).pem + ca.pem, 'KEY_DOES_NOT_MATCH'],
      [signed.pem, 'CHAIN_MISSING'],
      [(await issue(name, ca, { ...wish, names: ['else.example.org'] })).pem + ca.pem, 'NAMES_NOT_COVERED'],
      [signed.pem + ca.pem + ca.keyPem, 'KEY_NOT_WANTED'],
    ] as const;
    for (const [material, reason] of refusals) {
      expect(await hler.api.refusalOf('installCertificate', { certificateId, material: [material] })).toMatchObject({
        code: 'CERTIFICATE_REFUSED',
        details: { reason },
      });
    }
    expect((await call('installCertificate', { certificateId, material: [ca.pem + signed.pem] })).ended.state).toBe(
      'SUCCEEDED',
    );
    expect(await served(name)).toBe(fingerprint(signed));
    const renewed = await issue(name, ca, { ...wish, until: inDays(170) });
    await call('installCertificate', { certificateId, material: [renewed.pem, ca.pem] });
    expect(await served(name)).toBe(fingerprint(renewed));
    expect(await hler.api.refusalOf('rollbackCertificate', { certificateId: newPending() })).toMatchObject({
      code: 'CERTIFICATE_NOT_FOUND',
    });
  });

  const newPending = (): string => '01998a3c-0000-7000-8000-000000000000';

  it('are refused with the reason, and leave nothing behind', async () => {
    const before = await hler.rowCounts();
    const [weak, other, expired] = [
      await child({ rsaBits: 1024 }),
      await issue('other', ca, { names: ['other.example.net'] }),
      await child({ until: inDays(-0.1) }),
    ];
    const good = await child();
    const refusals = [
      [weak.keyPem + weak.pem + ca.pem, 'KEY_TOO_WEAK'],
      [other.keyPem + other.pem + ca.pem, 'NOT_FOR_THIS_SITE'],
      [expired.keyPem + expired.pem + ca.pem, 'EXPIRED'],
      [weak.keyPem + good.pem + ca.pem, 'KEY_DOES_NOT_MATCH'],
      [good.pem + ca.pem, 'KEY_MISSING'],
    ] as const;
    for (const [material, reason] of refusals) {
      const refusal = await hler.api.refusalOf('uploadCertificate', { siteId, material: [material] });
      expect([refusal.code, refusal.details['reason']]).toEqual(['CERTIFICATE_REFUSED', reason]);
    }
    const wrongType = await hler.api.refusalOf('uploadCertificate', { siteId, material: [{ pem: good.keyPem }] });
    expect(wrongType.code).toBe('INPUT_INVALID');
    expect(wrongType.message).not.toContain(good.keyPem.slice(40, 80));
    expect(await hler.rowCounts()).toEqual(before);
  });

  it('are taken back whole when they cannot be served, and the sealed key is wiped', async () => {
    const name = 'broken.example.org';
    const site = await createSite(hler.api, ground, name, { https: 'ENABLED' });
    const before = await served(name);
    const keys = await readdir(hler.paths.tls);
    const extra = join(hler.paths.config, 'nginx/extra.d');
    await mkdir(extra, { recursive: true });
    await writeFile(join(extra, `${name}.conf`), 'no_such_directive on;\n');
    const made = await issue(name, ca, { names: [name], until: inDays(150) });
    const input = { siteId: site, material: [made.keyPem + made.pem + ca.pem] };
    const { certificate: failed, ended } = await call('uploadCertificate', input);
    expect([ended.state, states(ended)]).toEqual(['FAILED', ['certificate.store UNDONE', 'http.apply ERROR']]);
    expect([(await certificate(failed.id))['status'], await served(name)]).toEqual(['FAILED', before]);
    expect(await readdir(hler.paths.tls)).toEqual(keys);
    const [row] = await hler.sql<{ sealed: string }>('SELECT sealed FROM operations WHERE id = ?', [ended.id]);
    expect(row?.sealed).toBe('{"privateKey":null}');
    await rm(join(extra, `${name}.conf`));
    expect((await call('uploadCertificate', input)).ended.state).toBe('SUCCEEDED');
    expect(await served(name)).toBe(fingerprint(made));
  });

  it('do not let one client change what another serves by having the same key', async () => {
    const clientId = await createClient(hler.api, 'other');
    const other = await createSite(hler.api, { ...ground, clientId }, 'other.example.org');
    const mine = await child({ until: inDays(60) });
    await upload(mine.keyPem + mine.pem + ca.pem);
    const theirs = await issue('other', ca, { names: ['other.example.org'], keys: mine.keys });
    const api = await hler.apiOf('other');
    const material = [mine.keyPem + theirs.pem + ca.pem];
    expect(await api.refusalOf('uploadCertificate', { siteId: other, material })).toMatchObject({
      code: 'CERTIFICATE_REFUSED',
      details: { reason: 'KEY_IN_USE' },
    });
    const less = await issue('less', ca, { names: NAMES.slice(0, 1), keys: mine.keys, until: inDays(500) });
    expect((await upload(mine.keyPem + less.pem + ca.pem)).ended.state).toBe('SUCCEEDED');
    const none = await issue('none', ca, { names: NAMES.slice(1), keys: mine.keys, until: inDays(510) });
    const refusal = await hler.api.refusalOf('uploadCertificate', {
      siteId,
      material: [mine.keyPem + none.pem + ca.pem],
    });
    expect(refusal.details['reason']).toBe('NAMES_NOT_COVERED');
  });

  it('keep their key to themselves: it is found below tls/ and nowhere else', async () => {
    const urls = await privateUrls(hler.paths);
    const redis = new Redis(urls?.redisUrl.reveal() ?? '');
    const monitor = await redis.monitor();
    let traffic = '';
    monitor.on('monitor', (_: string, args: readonly string[]) => void (traffic += `${args.join(' ')}\n`));
    const canary = await child({ until: inDays(600) });
    const sec1 = canary.key.export({ type: 'sec1', format: 'pem' }).toString();
    const answers: unknown[] = [];
    const mismatched = await child();
    answers.push(await hler.api.refusalOf('uploadCertificate', { siteId, material: [sec1, mismatched.pem + ca.pem] }));
    answers.push(await hler.api.refusalOf('uploadCertificate', { siteId, material: [sec1, { sec1 }] }));
    const uploaded = await upload(sec1, canary.pem + ca.pem + root.pem);
    expect([uploaded.ended.state, await served()]).toEqual(['SUCCEEDED', fingerprint(canary)]);
    answers.push(uploaded, await everythingThatIsAnswered(uploaded.operation.id, uploaded.certificate.id));

    const needles = needlesOf(canary, sec1);
    for (const key of await redis.keys('*')) {
      traffic += `${key} ${(await redis.dumpBuffer(key))?.toString('latin1') ?? ''}\n`;
    }
    expect(traffic).toContain(uploaded.operation.id);
    monitor.disconnect();
    redis.disconnect();
    const tables = await hler.sql<{ name: string }>(
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
    );
    const rows = await Promise.all(tables.map(({ name }) => hler.sql(`SELECT * FROM \`${name}\``)));
    const dump = JSON.stringify(rows);
    expect(dump).toContain('certificate.upload');
    const found = (text: string): readonly string[] => needles.filter((needle) => text.includes(needle));
    expect({
      answers: found(JSON.stringify(answers)),
      output: found(hler.output),
      traffic: found(traffic),
      dump: found(dump),
    }).toEqual({ answers: [], output: [], traffic: [], dump: [] });

    const [row] = await hler.sql<{ sealed: string }>('SELECT sealed FROM operations WHERE id = ?', [
      uploaded.operation.id,
    ]);
    expect(row?.sealed).toBe('{"privateKey":null}');
    const refusal = await hler.api.refusalOf('retryOperation', { operationId: uploaded.operation.id });
    expect(refusal.code).toBe('OPERATION_NOT_RETRYABLE');

    const files = await filesWith(needles, hler.root);
    const generation = `tls/${uploaded.certificate.spki ?? ''}/gen-1`;
    expect(files).toEqual([`${generation}/combined.pem 400`, `${generation}/privkey.pem 400`]);
  });

  async function everythingThatIsAnswered(operationId: string, certificateId: string): Promise<unknown> {
    const answer = await hler.api.ask(
      `query ($operationId: ID!, $certificateId: ID!) {
        operation(id: $operationId) { ${OPERATION} requestedBy log { level message task } }
        operations(first: 50) { nodes { ${OPERATION} log { level message } } }
        certificate(id: $certificateId) { ${CERTIFICATE} }
        certificates(first: 50) { nodes { ${CERTIFICATE} } }
        sites(first: 50) { nodes { uri coverage { name state } certificate { ${CERTIFICATE} } } }
        node(id: $certificateId) { id ... on Certificate { ${CERTIFICATE} } }
      }`,
      { operationId, certificateId },
    );
    const events: unknown[] = [];
    for await (const event of hler.api.events(operationId)) {
      events.push(event);
    }
    return [answer, events];
  }
});

/** The key in every shape in which it could turn up: lines of PEM, base64 at each of its three offsets, hex, the bytes themselves. */
function needlesOf({ key }: Issued, pasted: string): readonly string[] {
  const scalar = Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url');
  const pems = [pasted, key.export({ type: 'pkcs8', format: 'pem' }).toString()];
  const lines = pems.flatMap((pem) => pem.split('\n').filter((line) => line.length === 64));
  // The first lines of PKCS#8 hold the scalar, the later ones the public key, which everybody may see.
  const secretLines = lines.filter((line) => shares(Buffer.from(line, 'base64'), scalar));
  const offsets = [0, 1, 2].map((skip) => scalar.subarray(skip, skip + 27).toString('base64'));
  const url = [0, 1, 2].map((skip) => scalar.subarray(skip, skip + 27).toString('base64url'));
  return [
    ...new Set([
      ...secretLines,
      ...offsets,
      ...url,
      scalar.toString('hex'),
      scalar.toString('latin1'),
      hexUpper(scalar),
    ]),
  ];
}

const hexUpper = (bytes: Buffer): string => bytes.toString('hex').toUpperCase();

function shares(line: Buffer, secret: Buffer): boolean {
  return Array.from({ length: secret.length - 8 }, (_, at) => secret.subarray(at, at + 8)).some((part) =>
    line.includes(part),
  );
}

/** Every regular file below a directory, data of MariaDB and Redis and journals included, that holds one of them; with its mode. */
async function filesWith(needles: readonly string[], root: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) {
      const path = join(entry.parentPath, entry.name);
      const content = await readFile(path, 'latin1');
      if (needles.some((needle) => content.includes(needle))) {
        found.push(`${relative(root, path)} ${((await stat(path)).mode & 0o777).toString(8)}`);
      }
    }
  }
  return found.sort();
}
