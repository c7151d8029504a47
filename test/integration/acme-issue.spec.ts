import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkMaterial } from '../../src/certificates/domain/check-material.js';
import { newId } from '../../src/shared/ids.js';
import { closeOrder } from '../../workers/acme/issue-by-acme.js';
import { filesBelow, orderState, refusal, startAcmeLab, type AcmeLab } from '../support/acme-lab.js';

let lab: AcmeLab;

beforeAll(async () => {
  lab = await startAcmeLab({ alternateRoots: 2 });
});

afterAll(() => lab.stop());

const challengeFiles = (): Promise<string[]> => readdir(lab.paths.challenges).catch(() => []);

describe('HTTP-01 by the static line', () => {
  it('issues for several names in nine requests at the most, and writes nothing for the web server', async () => {
    await lab.issue();
    let requests = 0;
    const names = ['www.example.test', 'example.test'];
    const trace = (event: string): void => void (requests += event === 'request' ? 0.5 : 0);
    const result = await lab.issue({ names: ['one.example.test'] }, { trace });
    expect({ status: result.outcome.status, few: requests <= 9 }).toEqual({ status: 'ISSUED', few: true });
    const { outcome, ...rest } = await lab.issue({ names });
    if (outcome.status !== 'ISSUED' || !('privateKey' in rest)) {
      throw new Error('It was not issued.');
    }
    const { certificatePem, chainPem } = outcome;
    const privateKeyPem = rest.privateKey.reveal();
    expect(checkMaterial({ certificatePem, chainPem, privateKeyPem, names }, new Date())).toBeUndefined();
    expect(new X509Certificate(certificatePem).subject ?? '').not.toContain('\n');
    expect(outcome).toMatchObject({ profile: null, replaced: false, warnings: [] });
    expect(outcome.ariId).toMatch(/^[\w-]{27}\.[\w-]+$/);
    expect(await challengeFiles()).toEqual([]);
  });

  it('issues for an RSA key, for an IP address, and for 25 names', async () => {
    const rsa = await lab.issue({ keyType: 'RSA_2048' });
    expect('privateKey' in rsa && createPrivateKey(rsa.privateKey.reveal()).asymmetricKeyType).toBe('rsa');
    const address = await lab.issue({ names: ['127.0.0.1', 'with-address.example.test'] });
    expect(address.outcome).toMatchObject({ status: 'ISSUED' });
    const many = Array.from({ length: 25 }, (_, index) => `n${index}.example.test`);
    expect((await lab.issue({ names: many })).outcome.status).toBe('ISSUED');
  });

  it('hands the same certificate out until it is stored, and keeps no key after that', async () => {
    const certificateId = newId();
    const first = await lab.issue({ certificateId });
    const again = await lab.issue({ certificateId });
    expect(again.outcome).toEqual(first.outcome);
    expect((await stat(lab.paths.order(certificateId))).mode & 0o777).toBe(0o600);
    expect(await closeOrder(lab.root, certificateId)).toEqual(first.outcome);
    expect(await closeOrder(lab.root, certificateId)).toEqual(first.outcome);
    expect(await orderState(lab, certificateId)).toMatchObject({ step: 'STORED', privateKeyPem: '' });
    const next = await lab.issue({ certificateId });
    expect(
      next.outcome.status === 'ISSUED' && first.outcome.status === 'ISSUED' && next.outcome.certificatePem,
    ).not.toBe(first.outcome.status === 'ISSUED' && first.outcome.certificatePem);
  });
});

describe('a name that cannot be proved', () => {
  it('is named with its cause, and the others are not held against it', async () => {
    const names = ['good.example.test', 'dead.example.test', 'other.example.test'];
    lab.web.elsewhere.add('dead.example.test');
    const certificateId = newId();
    const refused = refusal(await lab.issue({ certificateId, names }));
    expect(refused.causes).toEqual({ 'dead.example.test': 'POINTS_ELSEWHERE' });
    expect(refused).toMatchObject({
      unaffected: ['good.example.test', 'other.example.test'],
      caSide: false,
      orderKept: false,
    });
    expect(refused.problems[0]?.owner).toBe('YOUR_DNS');
    expect((await lab.issue({ certificateId, names: refused.unaffected })).outcome.status).toBe('ISSUED');
  });

  it('is told apart by what the CA saw', async () => {
    await lab.pebble.dns.tell('set-servfail', { host: 'servfail.example.test' });
    await lab.pebble.dns.tell('add-a', { host: 'closed.example.test', addresses: ['127.0.0.77'] });
    const refused = refusal(
      await lab.issue({ names: ['servfail.example.test', 'closed.example.test', 'ok.example.test'] }),
    );
    expect(refused.causes['closed.example.test']).toBe('CONNECTION_REFUSED');
    expect(['DNS_SERVERS_FAIL', 'NAME_NOT_IN_DNS']).toContain(refused.causes['servfail.example.test']);
    expect(refused.unaffected).toEqual(['ok.example.test']);
  });

  it('costs no validation when the preflight speaks against it', async () => {
    const objection = {
      identifier: { type: 'dns', value: 'objected.example.test' },
      cause: 'NAME_NOT_IN_DNS',
      owner: 'YOUR_DNS',
      message: 'objected.example.test: The name has no address in the DNS.',
      evidence: 'NXDOMAIN',
      remedy: 'Add one.',
      retryAt: null,
      instance: null,
    } as const;
    const asked = lab.web.asked.length;
    const names = ['objected.example.test', 'fine.example.test'];
    const refused = refusal(await lab.issue({ names }, { preflight: () => Promise.resolve([objection]) }));
    expect(refused).toMatchObject({ problems: [objection], unaffected: ['fine.example.test'] });
    expect(lab.web.asked.length).toBe(asked);
  });

  it('says that a wildcard needs another challenge', async () => {
    const refused = refusal(await lab.issue({ names: ['*.example.test'] }));
    expect(refused.causes).toEqual({ '*.example.test': 'NO_CHALLENGE' });
    expect(refused.retryAt).toBeNull();
  });
});

describe('an account with a key of its own', () => {
  it('is answered for by files, which are gone afterwards', async () => {
    const account = { ...lab.request().account, name: 'client-7', ownKey: true };
    let during: readonly string[] = [];
    let modes: readonly string[] = [];
    const preflight = async () => {
      during = await challengeFiles();
      const [file = ''] = during;
      const paths = [lab.root, lab.paths.challenges, lab.paths.challenge(file)];
      modes = await Promise.all(paths.map(async (path) => ((await stat(path)).mode & 0o777).toString(8)));
      return [];
    };
    const { outcome } = await lab.issue({ account, names: ['a.client.test', 'b.client.test'] }, { preflight });
    expect(outcome.status).toBe('ISSUED');
    expect(during).toHaveLength(2);
    // For the user of the web server to read, and to pass through to.
    expect(modes).toEqual(['711', '755', '644']);
    expect(await challengeFiles()).toEqual([]);
  });
});

describe('the chain', () => {
  it('is the one that is preferred, by issuer or by root', async () => {
    for (const index of [0, 1, 2]) {
      const root = new X509Certificate(await lab.pebble.root(index));
      const issuerCommonName = /CN=(.*)/.exec(root.subject)?.[1] ?? '';
      const byName = await lab.issue({ preferredChain: { issuerCommonName, rootFingerprint: null } });
      const rootFingerprint = root.fingerprint256.replaceAll(':', '').toLowerCase();
      const ca = { ...lab.pebble.ca, caBundlePem: `${lab.pebble.ca.caBundlePem}${root.toString()}` };
      const byRoot = await lab.issue({ ca, preferredChain: { issuerCommonName: null, rootFingerprint } });
      for (const { outcome } of [byName, byRoot]) {
        const top = outcome.status === 'ISSUED' ? new X509Certificate(outcome.chainPem) : undefined;
        expect({ index, warnings: outcome.status === 'ISSUED' && outcome.warnings }).toEqual({ index, warnings: [] });
        expect({ index, signed: top?.verify(root.publicKey) }).toEqual({ index, signed: true });
      }
    }
  });

  it('is the default, with a warning, where there is none like it', async () => {
    const { outcome } = await lab.issue({
      preferredChain: { issuerCommonName: 'ISRG Root X9', rootFingerprint: null },
    });
    expect(outcome).toMatchObject({ status: 'ISSUED', warnings: [expect.stringContaining('no chain like the one')] });
  });
});

describe('profiles and replacements that the CA does not know', () => {
  it('are left out with a warning, or refused where they are required', async () => {
    const preferred = await lab.issue({ profile: { name: 'shortlived', required: false } });
    expect(preferred.outcome).toMatchObject({
      status: 'ISSUED',
      profile: null,
      warnings: [expect.stringContaining('shortlived')],
    });
    const required = refusal(await lab.issue({ profile: { name: 'shortlived', required: true } }));
    expect(required.causes).toEqual({ order: 'PROFILE_UNKNOWN' });
  });
});

describe('cancelled', () => {
  it('ends at once, leaves no answer behind, and goes on later', async () => {
    const certificateId = newId();
    const abort = new AbortController();
    const account = { ...lab.request().account, name: 'client-8', ownKey: true };
    const preflight = () => {
      abort.abort();
      return Promise.resolve([]);
    };
    const refused = refusal(await lab.issue({ certificateId, account }, { signal: abort.signal, preflight }));
    expect(refused.causes).toEqual({ order: 'CANCELLED' });
    expect(await challengeFiles()).toEqual([]);
    expect((await lab.issue({ certificateId, account })).outcome.status).toBe('ISSUED');
    expect(lab.lines.some((line) => line.startsWith('Going on with the order'))).toBe(true);
  });
});

describe('what lies on the disk', () => {
  it('is for nobody else to read, but for the answers', async () => {
    const files = (await filesBelow(lab.root)).filter((path) => !path.startsWith(lab.paths.challenges));
    const open = await Promise.all(files.map(async (path) => ({ path, mode: (await stat(path)).mode & 0o777 })));
    expect(open.filter(({ mode }) => mode !== 0o600)).toEqual([]);
    expect(open.length).toBeGreaterThan(5);
  });
});
