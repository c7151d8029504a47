import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Dns01Method, DnsWriterConfig } from '../../src/certificates/domain/acme/challenge-method.js';
import { newId } from '../../src/shared/ids.js';
import { issueForProvableNames } from '../../workers/acme/issue-for-provable-names.js';
import { refusal, startAcmeLab, type AcmeLab } from '../support/acme-lab.js';
import { startPrivateBind, type PrivateBind } from '../support/private-bind.js';

let bind: PrivateBind;
let lab: AcmeLab;

beforeAll(async () => {
  bind = await startPrivateBind({
    'zone.test': {
      writable: true,
      records: ['@ A 127.0.0.1', '* A 127.0.0.1', '_acme-challenge TXT "somebody else\'s"'],
    },
    'locked.test': {
      writable: false,
      records: [
        'www A 127.0.0.1',
        '_acme-challenge.www CNAME www.locked.zone.test.',
        '_acme-challenge.loop CNAME _acme-challenge.loop.locked.test.',
      ],
    },
  });
  lab = await startAcmeLab({ dnsServer: bind.server });
});

afterAll(async () => {
  await lab.stop();
  await bind.stop();
});

const method = (writer: Partial<DnsWriterConfig> = {}, changes: Partial<Dns01Method> = {}): Dns01Method => ({
  type: 'dns-01',
  domains: [],
  writer: { kind: 'rfc2136', host: bind.host, port: bind.port, tsig: bind.tsig, ...writer } as DnsWriterConfig,
  resolvers: [bind.server],
  propagation: { servers: [bind.server], timeoutMs: 10_000 },
  ttl: 1,
  ...changes,
});

const namesOf = (pem: string): readonly string[] =>
  (new X509Certificate(pem).subjectAltName ?? '')
    .split(', ')
    .map((entry) => entry.replace('DNS:', ''))
    .toSorted();

describe('DNS-01 by dynamic updates (RFC 2136, TSIG) at a real bind9', () => {
  it('proves a wildcard and its own name in one order, leaves the values of others, and removes its own', async () => {
    let during: readonly string[] = [];
    const { outcome } = await lab.issue(
      { names: ['*.zone.test', 'zone.test'], challenges: [method()] },
      {
        preflight: async () => {
          during = await bind.txt('_acme-challenge.zone.test');
          return [];
        },
      },
    );
    expect('certificatePem' in outcome && namesOf(outcome.certificatePem)).toEqual(['*.zone.test', 'zone.test']);
    expect(during).toHaveLength(3);
    expect(await bind.txt('_acme-challenge.zone.test')).toEqual(["somebody else's"]);
  });

  it('writes where the name delegates its challenge to by CNAME', async () => {
    const { outcome } = await lab.issue({ names: ['www.locked.test'], challenges: [method()] });
    expect('problems' in outcome ? outcome.problems : []).toEqual([]);
    expect(await bind.txt('www.locked.zone.test')).toEqual([]);
  });

  it('goes beside HTTP-01: each name by the first that can prove it', async () => {
    const challenges = [{ type: 'http-01' } as const, method({}, { domains: ['zone.test'] })];
    const { outcome } = await lab.issue({ names: ['*.sub.zone.test', 'www.locked.test'], challenges });
    expect('problems' in outcome ? outcome.problems : []).toEqual([]);
  });

  it.each([
    ['a zone that it may not write to', 'other.locked.test', {}, /REFUSED|refused/],
    ['a CNAME that leads to itself', 'loop.locked.test', {}, /alias of more than|cannot be looked up/],
    ['a key that the server does not know', 'a.zone.test', { tsig: 'WRONG' }, /NOTAUTH|tsig|BADSIG/i],
    ['a server that is not there', 'b.zone.test', { port: 1 }, /refused|unreachable|failed|timed out/i],
  ])('says what is wrong with %s', async (_, name, wrong, evidence) => {
    const secret = { value: 'd3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmc=' };
    const writer = 'tsig' in wrong ? { tsig: { ...bind.tsig, secret } } : wrong;
    const refused = refusal(await lab.issue({ names: [name, 'c.zone.test'], challenges: [method(writer)] }));
    const [problem] = refused.problems;
    expect(problem).toMatchObject({ cause: 'CHALLENGE_NOT_PRESENTED', owner: 'US' });
    expect(problem?.evidence).toMatch(evidence);
    expect(problem?.evidence).not.toContain(secret.value);
  });

  it('orders once more, without all the names whose zones it may not write to, or whose records do not appear', async () => {
    const hook = join(lab.root, 'lagging.sh');
    const update = `printf 'server 127.0.0.1 ${bind.port}\\nkey hmac-sha256:hler-acme %s\\nzone zone.test.\\nupdate %s %s 1 TXT "%s"\\nsend\\n' "$(cat ${bind.tsig.secret.file})"`;
    await writeFile(
      hook,
      `#!/bin/sh
case "$1 $2" in
  *lag*) ;;
  present*) ${update} add "$2" "$3" | nsupdate ;;
  cleanup*) ${update} delete "$2" "$3" | nsupdate ;;
esac
`,
      { mode: 0o755 },
    );
    const lagging = method(
      { kind: 'exec', command: [hook], env: {}, timeoutMs: 10_000 },
      { domains: ['zone.test'], propagation: { servers: [bind.server], timeoutMs: 1_500 } },
    );
    const request = lab.request({
      names: ['ok.zone.test', '*.lag1.zone.test', 'lag2.zone.test', 'lag3.zone.test']
        .concat(['*.x.locked.test', 'y.locked.test', 'z.locked.test'])
        .concat(['loop.locked.test']),
      challenges: [lagging, method({}, { domains: ['locked.test'] })],
    });
    const before = lab.ordersMade();
    const ports = { acmeDirectory: lab.root, signal: new AbortController().signal, log: () => undefined };
    const { result, leftOut } = await issueForProvableNames(request, newId(), ports, () => Promise.resolve([]));
    expect(result?.outcome).toMatchObject({ status: 'ISSUED' });
    expect(result?.outcome && 'certificatePem' in result.outcome && namesOf(result.outcome.certificatePem)).toEqual([
      'ok.zone.test',
    ]);
    expect(leftOut.map(({ identifier, cause }) => `${identifier?.value} ${cause}`).toSorted()).toEqual(
      request.names
        .filter((name) => name !== 'ok.zone.test')
        .map((name) => `${name} CHALLENGE_NOT_PRESENTED`)
        .toSorted(),
    );
    expect(lab.ordersMade() - before).toBe(2);
  });

  it('shows the key to nsupdate alone: it is in no file, nor in arguments or environment', async () => {
    const place = await mkdtemp(join(tmpdir(), 'hler-nsupdate-seen-'));
    const secret = (await readFile(bind.tsig.secret.file, 'utf8')).trim();
    const stub = `#!/bin/sh
{ echo "$*"; env; find ${place}/tmp -mindepth 1; } >> ${place}/seen
PATH=/usr/bin:/bin exec nsupdate "$@"
`;
    await mkdir(join(place, 'tmp'));
    await writeFile(join(place, 'nsupdate'), stub, { mode: 0o755 });
    vi.stubEnv('PATH', `${place}:${process.env['PATH']}`);
    vi.stubEnv('TMPDIR', join(place, 'tmp'));
    try {
      const { outcome } = await lab.issue({ names: ['seen.zone.test'], challenges: [method()] });
      expect('problems' in outcome ? outcome.problems : []).toEqual([]);
      const seen = await readFile(join(place, 'seen'), 'utf8');
      expect(seen.split('\n').filter((line) => line.startsWith('-'))).toEqual(['-v -t 15', '-v -t 15']);
      expect(seen).not.toContain(secret);
      expect(seen).not.toContain(join(place, 'tmp'));
    } finally {
      vi.unstubAllEnvs();
      await rm(place, { recursive: true });
    }
  });

  it.each(['AAAAA', 'AB==', 'no base64'])('never repeats a key that cannot be one: %s', async (value) => {
    const writer = { tsig: { ...bind.tsig, secret: { value } } };
    const failed = await lab.issue({ names: ['e.zone.test'], challenges: [method(writer)] }).catch(String);
    expect(failed).toMatch(/has a name or a secret that cannot be one/);
    expect(failed).not.toContain(value);
  });

  it('says so when a name server does not get the record', async () => {
    const other = await startPrivateBind({ 'zone.test': { writable: false, records: [] } });
    try {
      const propagation = { servers: [bind.server, other.server], timeoutMs: 1_500 };
      const refused = refusal(await lab.issue({ names: ['d.zone.test'], challenges: [method({}, { propagation })] }));
      expect(refused.problems[0]?.evidence).toContain(other.server);
      expect(await bind.txt('_acme-challenge.d.zone.test')).toEqual([]);
    } finally {
      await other.stop();
    }
  });

  it('killed while the records stand: the next run removes them and goes on', async () => {
    const certificateId = newId();
    const request = { certificateId, names: ['*.killed.zone.test', 'killed.zone.test'], challenges: [method()] };
    const standing = new Promise<void>((resolve) => {
      void lab.issue(request, {
        preflight: () => {
          resolve();
          return new Promise(() => undefined);
        },
      });
    });
    await standing;
    expect(await bind.txt('_acme-challenge.killed.zone.test')).toHaveLength(2);
    expect((await lab.issue(request)).outcome.status).toBe('ISSUED');
    expect(await bind.txt('_acme-challenge.killed.zone.test')).toEqual([]);
  });
});

describe('DNS-01 by a program of the operator', () => {
  it('calls it once to add and once to remove each value', async () => {
    const hook = join(lab.root, 'hook.sh');
    const log = join(lab.root, 'hook.log');
    await writeFile(
      hook,
      `#!/bin/sh
set -eu
echo "$*|$HLER_ACME_ACTION $HLER_ACME_NAME $HLER_ACME_ZONE $HLER_ACME_VALUE|$EXTRA" >> ${log}
case "$2" in
  present) printf 'server 127.0.0.1 ${bind.port}\\nkey hmac-sha256:hler-acme %s\\nzone %s.\\nupdate add %s 1 TXT "%s"\\nsend\\n' "$(cat ${bind.tsig.secret.file})" "$HLER_ACME_ZONE" "$3" "$4" | nsupdate ;;
  cleanup) printf 'server 127.0.0.1 ${bind.port}\\nkey hmac-sha256:hler-acme %s\\nzone %s.\\nupdate delete %s TXT "%s"\\nsend\\n' "$(cat ${bind.tsig.secret.file})" "$HLER_ACME_ZONE" "$3" "$4" | nsupdate ;;
esac
`,
    );
    await chmod(hook, 0o755);
    const writer = { kind: 'exec', command: [hook, 'first'], env: { EXTRA: 'x y' }, timeoutMs: 10_000 } as const;
    const { outcome } = await lab.issue({ names: ['hook.zone.test'], challenges: [method(writer)] });
    expect('problems' in outcome ? outcome.problems : []).toEqual([]);
    const lines = (await readFile(log, 'utf8')).trim().split('\n');
    expect(lines.map((line) => line.replaceAll(/[\w-]{43}/g, 'VALUE'))).toEqual([
      'first present _acme-challenge.hook.zone.test. VALUE|present _acme-challenge.hook.zone.test zone.test VALUE|x y',
      'first cleanup _acme-challenge.hook.zone.test. VALUE|cleanup _acme-challenge.hook.zone.test zone.test VALUE|x y',
    ]);
  });

  it('shows what it says when it fails', async () => {
    const writer = {
      kind: 'exec',
      command: ['/bin/sh', '-c', 'echo "no such zone" >&2; exit 3'],
      env: {},
      timeoutMs: 5_000,
    } as const;
    const refused = refusal(await lab.issue({ names: ['fails.zone.test'], challenges: [method(writer)] }));
    expect(refused.problems[0]).toMatchObject({
      cause: 'CHALLENGE_NOT_PRESENTED',
      identifier: { value: 'fails.zone.test' },
    });
    expect(refused.problems[0]?.evidence).toContain('no such zone');
  });
});
