import { dirname } from 'node:path';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONSUMER_NAMES, CONSUMERS } from '../../src/consumers/index.js';
import type { HttpChange } from '../../workers/http/http-change.js';
import { DIALECTS } from '../support/consumer-dialects.js';
import { name, PrivateHttpServer, succeeded } from '../support/private-http-server.js';

/** Files of a certificate as an installation that went wrong leaves them. */
interface Material {
  readonly chain: string;
  readonly key: string;
}

describe.each(CONSUMER_NAMES)('%s, given bad material', (consumer) => {
  let web: PrivateHttpServer;
  let bystander: string;
  beforeAll(async () => {
    web = await PrivateHttpServer.make(consumer);
    bystander = await web.certificate('bystander.test');
    succeeded((await web.apply([await secure('bystander.test', bystander)]))[0]);
  });
  afterAll(async () => web.remove());

  async function secure(uri: string, certificate: string): Promise<HttpChange> {
    const names = [name(uri, { certificate })];
    return { type: 'SITE', site: await web.site(uri, { https: 'ENABLED', names }) };
  }

  const paths = (certificate: string) => ({
    chain: `${web.server.paths.tls}/${certificate}/live/fullchain.pem`,
    key: `${web.server.paths.tls}/${certificate}/live/privkey.pem`,
  });

  async function read(certificate: string): Promise<Material> {
    const { chain, key } = paths(certificate);
    return { chain: await readFile(chain, 'utf8'), key: await readFile(key, 'utf8') };
  }

  async function spoil(certificate: string, change: Partial<Material>): Promise<void> {
    const { chain, key } = paths(certificate);
    for (const [path, content] of [
      [chain, change.chain],
      [key, change.key],
    ] as const) {
      if (content !== undefined) {
        await chmod(path, 0o600);
        await writeFile(path, content);
      }
    }
    await web.combine(dirname(chain));
  }

  /** Of a server that cannot reload, the master is another one after each success. */
  async function expectNoHarmAfterSuccess(master: number | undefined): Promise<void> {
    const { reloadsWithoutRestart } = CONSUMERS[consumer].capabilities;
    await expectNoHarm(reloadsWithoutRestart ? master : await web.master());
  }

  /** The server lives, with the same master, and nobody else lost anything. */
  async function expectNoHarm(master: number | undefined): Promise<void> {
    expect(await web.master()).toBe(master);
    await expectBystander();
  }

  async function expectBystander(): Promise<void> {
    expect(await web.get('https', 'bystander.test')).toMatchObject({ status: 200, spki: bystander });
    expect(await web.canaries()).toEqual([]);
  }

  const refused: readonly (readonly [string, (good: Material, other: Material) => Partial<Material>, RegExp])[] = [
    ['a mismatched key', (_, other) => ({ key: other.key }), /private key does not belong/],
    ['a garbage certificate', () => ({ chain: pem('CERTIFICATE', 'ZZZZ') }), /certificate cannot be read/],
    [
      'a chain before its leaf',
      (good, other) => ({ chain: other.chain + good.chain }),
      /first certificate of the chain/,
    ],
    ['a truncated leaf', ({ chain }) => ({ chain: chain.slice(0, 300) }), /certificate cannot be read/],
    ['an encrypted key', () => ({ key: pem('ENCRYPTED PRIVATE KEY', 'MIGbMFcG') }), /private key cannot be read/],
    ['an empty certificate', () => ({ chain: '' }), /certificate cannot be read/],
    ['an empty key', () => ({ key: '' }), /private key cannot be read/],
  ];

  it.each(refused)('refuses %s for its own site, and names it', async (what, change, problem) => {
    const uri = `${what.replaceAll(' ', '-')}.test`;
    const certificate = await web.certificate(uri);
    await spoil(certificate, change(await read(certificate), await read(bystander)));
    const master = await web.master();
    expect(await web.apply([await secure(uri, certificate)])).toMatchObject([
      {
        status: 'ERROR',
        failure: {
          code: 'CERTIFICATE_FILES_INVALID',
          summary: expect.stringMatching(problem),
          details: { uri, certificate },
        },
      },
    ]);
    await expectNoHarm(master);
  });

  it('refuses a missing key and a wrong name', async () => {
    const [missing, wrong] = [await web.certificate('missing-key.test'), await web.certificate('other-name.test')];
    await rm(paths(missing).key);
    await web.combine(dirname(paths(missing).key));
    const master = await web.master();
    const changes = [await secure('missing-key.test', missing), await secure('wrong-name.test', wrong)];
    expect(await web.apply(changes)).toMatchObject([
      { failure: { code: 'CERTIFICATE_FILES_INVALID', summary: expect.stringMatching(/privkey\.pem|private key/) } },
      {
        failure: {
          code: 'CERTIFICATE_FILES_INVALID',
          summary: expect.stringContaining('does not cover wrong-name.test'),
        },
      },
    ]);
    await expectNoHarm(master);
  });

  it('serves what has expired or lacks its intermediate, and says so', async () => {
    const expired = await web.certificate({ expired: true }, 'expired.test');
    const orphan = await web.certificate({ issuedByAnother: true }, 'orphan.test');
    const master = await web.master();
    const changes = [await secure('expired.test', expired), await secure('orphan.test', orphan)];
    expect(await web.apply(changes)).toMatchObject([
      { status: 'SUCCESS', warnings: [{ code: 'CERTIFICATE_DOUBTFUL', summary: expect.stringContaining('expired') }] },
      {
        status: 'SUCCESS',
        warnings: [
          { code: 'CERTIFICATE_DOUBTFUL', summary: expect.stringContaining('without the certificate that signed it') },
        ],
      },
    ]);
    await expectNoHarmAfterSuccess(master);
  });

  it('finds a bad pair that only the server itself reads', async () => {
    const [one, two] = [await web.certificate('one.by-hand.test'), await web.certificate('two.by-hand.test')];
    const [chain, key] = [paths(one).chain, paths(two).key];
    const content = DIALECTS[consumer].secureHost('one.by-hand.test', web.server.httpsPort, chain, key);
    const master = await web.master();
    const file = { path: DIALECTS[consumer].securePath('one.by-hand.test'), content, mode: 0o644 };
    // What pound reads of the first is one file.
    await chmod(`${dirname(chain)}/combined.pem`, 0o600);
    await writeFile(`${dirname(chain)}/combined.pem`, (await readFile(chain, 'utf8')) + (await readFile(key, 'utf8')));
    const good = await web.site('good.by-hand.test');
    expect(
      await web.apply([
        { type: 'RESTORE', files: [file] },
        { type: 'SITE', site: good },
      ]),
    ).toMatchObject([
      {
        status: 'ERROR',
        failure: { code: 'VHOST_INVALID', details: { checker: expect.stringMatching(/match|privkey/) } },
      },
      { status: 'SUCCESS' },
    ]);
    await expectNoHarmAfterSuccess(master);
  });
});

function pem(label: string, body: string): string {
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
}
