import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readUpload, type Upload } from '../../src/certificates/domain/upload/read-upload.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { Secret } from '../../src/shared/secret.js';
import { issue, makeKeys, type Issued, type Wish } from '../support/certificate-authority.js';

const run = promisify(execFile);
const NAMES = ['example.org', 'www.example.org'];
const WORD = 'correct horse – æ';
const DAY_MS = 86_400_000;
const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);

let directory: string;
let root: Issued;
let upper: Issued;
let lower: Issued;
let leaf: Issued;
let rsa: Issued;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hler-read-upload-'));
  root = await issue('Root', undefined, { ca: true });
  upper = await issue('Upper', root, { ca: true });
  lower = await issue('Lower', upper, { ca: true });
  leaf = await issue('example.org', lower, { names: NAMES });
  rsa = await issue('example.org', lower, { names: NAMES, rsaBits: 2048 });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const read = (material: readonly (string | Buffer)[], change: Partial<Upload> = {}) =>
  readUpload(
    {
      material: material.map((one) => new Secret(typeof one === 'string' ? one : one.toString('base64'))),
      passphrase: null,
      names: NAMES,
      spki: null,
      ...change,
    },
    new Date(),
  );

const passphrase = new Secret(WORD);

function refusal(
  material: readonly (string | Buffer)[],
  change: Partial<Upload> = {},
): { reason: unknown; message: string } {
  try {
    read(material, change);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'CERTIFICATE_REFUSED') {
      return { reason: error.details['reason'], message: error.message };
    }
    throw error;
  }
  throw new Error('It was taken.');
}

const plain = ({ privateKey, ...read }: ReturnType<typeof readUpload>): object => ({
  ...read,
  privateKey: privateKey?.reveal(),
  warnings: [],
});

/** The pair as it should come out, whatever way it went in. */
const pair = ({ pem, keyPem }: Pick<Issued, 'pem' | 'keyPem'>, chain: readonly Issued[] = [lower, upper]): object => ({
  certificatePem: pem,
  chainPem: chain.map((one) => one.pem).join(''),
  privateKey: keyPem,
  warnings: [],
});

async function openssl(...args: readonly string[]): Promise<void> {
  await run('openssl', [...args], { cwd: directory });
}

async function pkcs12(of: Issued, password: string, ...more: readonly string[]): Promise<Buffer> {
  await writeFile(join(directory, 'key.pem'), of.keyPem);
  await writeFile(join(directory, 'cert.pem'), of.pem);
  await writeFile(join(directory, 'chain.pem'), lower.pem + upper.pem + root.pem);
  const files = ['-inkey', 'key.pem', '-in', 'cert.pem', '-certfile', 'chain.pem', '-out', 'out.p12'];
  await openssl('pkcs12', '-export', ...files, '-passout', `pass:${password}`, ...more);
  return readFile(join(directory, 'out.p12'));
}

const spkiOf = ({ keys }: Issued) =>
  import('node:crypto').then(({ KeyObject }) =>
    createHash('sha256')
      .update(KeyObject.from(keys.publicKey).export({ type: 'spki', format: 'der' }))
      .digest('hex'),
  );

describe('what people paste', () => {
  it.each<[string, () => readonly (string | Buffer)[]]>([
    ['in order', () => [leaf.pem, lower.pem + upper.pem, leaf.keyPem]],
    ['backwards, with the root, in one text', () => [root.pem + leaf.keyPem + upper.pem + lower.pem + leaf.pem]],
    [
      'with text between',
      () => [
        `Bag Attributes\n  friendlyName: x\nsubject=CN=a\n${leaf.keyPem}\nRegards,\n${leaf.pem}${upper.pem}--\n${lower.pem}`,
      ],
    ],
    [
      'with the line ends of Windows',
      () => [(leaf.pem + leaf.keyPem + lower.pem + upper.pem).replaceAll('\n', '\r\n')],
    ],
    [
      'with line ends that became backslash and n',
      () => [(leaf.pem + leaf.keyPem + lower.pem + upper.pem).replaceAll('\n', '\\n')],
    ],
    ['indented', () => [(leaf.pem + leaf.keyPem + lower.pem + upper.pem).replaceAll(/^/gm, '   ')]],
    ['on one line', () => [(leaf.pem + leaf.keyPem + lower.pem + upper.pem).replaceAll('\n', ' ')]],
    ['each twice', () => [leaf.pem + leaf.pem, leaf.keyPem + leaf.keyPem, lower.pem + lower.pem + upper.pem]],
    ['as base64 of DER', () => [leaf.der, lower.der, upper.der, leaf.key.export({ type: 'pkcs8', format: 'der' })]],
    [
      'with a SEC 1 key',
      () => [leaf.pem + lower.pem + upper.pem, leaf.key.export({ type: 'sec1', format: 'pem' }).toString()],
    ],
    [
      'with a SEC 1 key in DER',
      () => [leaf.pem + lower.pem + upper.pem, leaf.key.export({ type: 'sec1', format: 'der' })],
    ],
    [
      'with EC PARAMETERS before it',
      () => [
        `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${leaf.keyPem}`,
        leaf.pem + lower.pem + upper.pem,
      ],
    ],
  ])('is read %s', (_, material) => {
    const result = read(material());
    expect(plain(result)).toEqual(pair(leaf));
    expect(result.warnings.map(({ reason }) => reason)).toEqual(
      ['CHAIN_MAY_BE_INCOMPLETE'].slice(material().join('').includes(root.pem) ? 1 : 0),
    );
  });

  it('reads PKCS#1', () => {
    expect(
      plain(read([rsa.key.export({ type: 'pkcs1', format: 'pem' }).toString() + rsa.pem + lower.pem + upper.pem])),
    ).toEqual(pair(rsa));
    expect(plain(read([rsa.key.export({ type: 'pkcs1', format: 'der' }), rsa.pem, lower.pem + upper.pem]))).toEqual(
      pair(rsa),
    );
  });

  it.each<[string, () => string | Buffer]>([
    [
      'PKCS#8 of node',
      () => leaf.key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: WORD }).toString(),
    ],
    ['PKCS#8 in DER', () => leaf.key.export({ type: 'pkcs8', format: 'der', cipher: 'aes-128-cbc', passphrase: WORD })],
    [
      'OpenSSL’s old way',
      () => leaf.key.export({ type: 'sec1', format: 'pem', cipher: 'aes-256-cbc', passphrase: WORD }).toString(),
    ],
  ])('reads an encrypted key: %s', (_, key) => {
    const material = [key(), leaf.pem + lower.pem + upper.pem];
    expect(plain(read(material, { passphrase }))).toEqual(pair(leaf));
    expect(refusal(material).reason).toBe('PASSPHRASE_MISSING');
    expect(refusal(material, { passphrase: new Secret('wrong') }).reason).toBe('PASSPHRASE_WRONG');
  });

  it.each([
    ['3DES of PKCS#12', ['-v1', 'PBE-SHA1-3DES']],
    ['scrypt', ['-scrypt']],
    ['PBES2 with SHA-512', ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA512']],
  ])('reads a key that openssl has encrypted: %s', async (_, options) => {
    await writeFile(join(directory, 'key.pem'), leaf.keyPem);
    await openssl('pkcs8', '-topk8', '-in', 'key.pem', '-out', 'enc.pem', '-passout', `pass:${WORD}`, ...options);
    expect(
      plain(
        read([await readFile(join(directory, 'enc.pem'), 'utf8'), leaf.pem + lower.pem + upper.pem], { passphrase }),
      ),
    ).toEqual(pair(leaf));
  });

  it.each<[string, () => Issued, readonly string[]]>([
    ['ECDSA, as OpenSSL 3 makes it', () => leaf, []],
    ['RSA, as OpenSSL 3 makes it', () => rsa, []],
    ['ECDSA, RC2-40 and 3DES, as Windows XP made it', () => leaf, ['-legacy']],
    ['RSA, RC2-40 and 3DES', () => rsa, ['-legacy']],
    ['3DES', () => leaf, ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1']],
    ['SHA-512 and many rounds, as Firefox makes it', () => leaf, ['-macalg', 'sha512', '-iter', '100000']],
    ['with nothing encrypted', () => leaf, ['-keypbe', 'NONE', '-certpbe', 'NONE']],
    ['without a MAC', () => leaf, ['-nomac']],
  ])('reads PKCS#12: %s', async (_, of, options) => {
    const file = await pkcs12(of(), WORD, ...options);
    expect(plain(read([file], { passphrase }))).toEqual(pair(of()));
    expect(refusal([file]).reason).toMatch(/^PASSPHRASE_(MISSING|WRONG)$/);
    expect(refusal([file], { passphrase: new Secret('wrong') }).reason).toBe('PASSPHRASE_WRONG');
  });

  it('reads PKCS#12 without a passphrase', async () => {
    expect(plain(read([await pkcs12(leaf, '')]))).toEqual(pair(leaf));
  });

  it('reads a chain in PKCS#7, in PEM and in DER', async () => {
    await writeFile(join(directory, 'all.pem'), root.pem + upper.pem + leaf.pem + lower.pem);
    await openssl('crl2pkcs7', '-nocrl', '-certfile', 'all.pem', '-out', 'all.p7b');
    await openssl('crl2pkcs7', '-nocrl', '-certfile', 'all.pem', '-outform', 'DER', '-out', 'all.p7c');
    expect(plain(read([await readFile(join(directory, 'all.p7b'), 'utf8'), leaf.keyPem]))).toEqual(pair(leaf));
    expect(plain(read([leaf.keyPem, await readFile(join(directory, 'all.p7c'))]))).toEqual(pair(leaf));
  });

  it('leaves aside what does not belong to it, and says so', async () => {
    const stranger = await issue('stranger.example', root, { names: ['stranger.example'] });
    const request = '-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n';
    const result = read([
      stranger.pem + stranger.keyPem,
      request,
      leaf.pem + leaf.keyPem + lower.pem + upper.pem + root.pem,
    ]);
    const renewed = read([leaf.pem + leaf.keyPem + lower.pem + upper.pem + root.pem]);
    expect(result.warnings.map(({ reason }) => reason)).toEqual(['PART_IGNORED', 'KEY_IGNORED', 'CERTIFICATE_IGNORED']);
    expect(result.warnings[2]?.message).toContain('stranger.example');
    expect(renewed.warnings).toEqual([]);
  });

  it('takes the certificate that lasts longest where several are for the key, and the chain that is valid', async () => {
    const newer = await issue('example.org', lower, { names: NAMES, keys: leaf.keys, until: inDays(120) });
    const expiredLower = await issue('Lower', upper, { ca: true, keys: lower.keys, until: inDays(-0.1) });
    const result = read([leaf.keyPem + leaf.pem + newer.pem + expiredLower.pem + lower.pem + upper.pem + root.pem]);
    expect(plain(result)).toEqual(pair({ ...newer, keyPem: leaf.keyPem }));
    expect(result.warnings.map(({ reason }) => reason)).toEqual(['CERTIFICATE_IGNORED', 'CERTIFICATE_IGNORED']);
  });

  it('keeps the root where it signed the leaf itself, and takes a certificate that signs itself', async () => {
    const direct = await issue('example.org', root, { names: NAMES });
    expect(plain(read([direct.pem + direct.keyPem + root.pem]))).toEqual(pair(direct, [root]));
    const self = await issue('example.org', undefined, { names: NAMES });
    expect(plain(read([self.pem + self.keyPem]))).toEqual(pair(self, []));
  });

  it('does not run in circles', async () => {
    const [one, other] = [await makeKeys(), await makeKeys()];
    const a = await issue('A', await issue('B', undefined, { keys: other }), { ca: true, keys: one });
    const b = await issue('B', a, { ca: true, keys: other });
    const child = await issue('example.org', a, { names: NAMES });
    expect(read([child.pem + child.keyPem + a.pem + b.pem]).chainPem).toBe(a.pem + b.pem);
  });

  it('finds the certificate of a request by its key, and wants no key with it', async () => {
    const result = read([lower.pem + upper.pem + leaf.pem], { spki: await spkiOf(leaf) });
    expect([result.certificatePem, result.privateKey]).toEqual([leaf.pem, null]);
    expect(refusal([rsa.pem + lower.pem + upper.pem], { spki: await spkiOf(leaf) }).reason).toBe('KEY_DOES_NOT_MATCH');
    expect(refusal([leaf.pem + leaf.keyPem + lower.pem + upper.pem], { spki: await spkiOf(leaf) }).reason).toBe(
      'KEY_NOT_WANTED',
    );
    expect(refusal([''], { spki: await spkiOf(leaf) }).reason).toBe('CERTIFICATE_MISSING');
  });
});

describe('what is refused', () => {
  const child = (wish: Wish) => issue('example.org', lower, { names: NAMES, ...wish });

  it.each<[string, () => Promise<Issued>]>([
    ['KEY_TOO_WEAK', () => child({ rsaBits: 1024 })],
    ['KEY_TYPE_NOT_SUPPORTED', () => child({ rsaBits: 2560 })],
    ['KEY_TYPE_NOT_SUPPORTED', () => child({ curve: 'P-521' })],
    ['SIGNATURE_TOO_WEAK', () => child({ hash: 'SHA-1' })],
    ['EXPIRED', () => child({ until: inDays(-0.1) })],
    ['NOT_YET_VALID', () => child({ from: inDays(1) })],
    ['NAMES_NOT_COVERED', () => child({ names: ['example.org'] })],
    ['LEAF_IS_CA', () => child({ ca: true })],
  ])('%s', async (reason, make) => {
    const bad = await make();
    expect(refusal([bad.pem + bad.keyPem + lower.pem + upper.pem]).reason).toBe(reason);
  });

  it.each<[string, () => readonly (string | Buffer)[]]>([
    ['KEY_MISSING', () => [leaf.pem + lower.pem + upper.pem]],
    ['CERTIFICATE_MISSING', () => [leaf.keyPem]],
    ['CERTIFICATE_MISSING', () => ['']],
    ['CERTIFICATE_MISSING', () => []],
    ['KEY_DOES_NOT_MATCH', () => [leaf.pem + lower.pem + rsa.keyPem]],
    ['CHAIN_MISSING', () => [leaf.pem + leaf.keyPem]],
    ['CHAIN_MISSING', () => [leaf.pem + leaf.keyPem + upper.pem + root.pem]],
    ['NOTHING_FOUND', () => ['hello!']],
    ['CERTIFICATE_UNREADABLE', () => [leaf.pem.slice(0, 200) + leaf.pem.slice(300), leaf.keyPem]],
    ['CERTIFICATE_UNREADABLE', () => [Buffer.from('hello')]],
    ['KEY_UNREADABLE', () => [leaf.pem, leaf.keyPem.slice(0, 80) + leaf.keyPem.slice(140)]],
    [
      'KEY_UNREADABLE',
      () => ['-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----'],
    ],
    ['TOO_LARGE', () => [leaf.pem + leaf.keyPem, ' '.repeat(300_000)]],
  ])('%s', (reason, material) => {
    expect(refusal(material()).reason).toBe(reason);
  });

  it('names the certificate that is missing', () => {
    expect(refusal([leaf.pem + leaf.keyPem]).message).toContain('CN=Lower');
    expect(read([leaf.pem + leaf.keyPem + lower.pem]).warnings).toEqual([
      { reason: 'CHAIN_MAY_BE_INCOMPLETE', message: expect.stringContaining('CN=Lower was signed by CN=Upper') },
    ]);
  });

  it('finds a key whose private half is damaged', () => {
    const jwk = leaf.key.export({ format: 'jwk' });
    const der = leaf.key.export({ type: 'pkcs8', format: 'der' });
    const at = der.indexOf(Buffer.from(jwk.d ?? '', 'base64url'));
    der[at + 20] = (der[at + 20] ?? 0) ^ 1;
    expect(refusal([der, leaf.pem + lower.pem + upper.pem]).reason).toMatch(/^KEY_(BROKEN|UNREADABLE)$/);
  });

  it('does not work for ever because the file says so', async () => {
    const file = await pkcs12(leaf, WORD, '-iter', '100000');
    const rounds = Buffer.from('02030186a0', 'hex');
    const more = Buffer.from('02037fffff', 'hex');
    for (let at = file.indexOf(rounds); at >= 0; at = file.indexOf(rounds)) {
      more.copy(file, at);
    }
    expect(refusal([file], { passphrase }).reason).toBe('ENCRYPTION_NOT_SUPPORTED');
  });
});
