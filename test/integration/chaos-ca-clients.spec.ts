import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ApacheMd } from '../chaos-ca/probe/apache-md.js';
import { inPlace, type Place } from '../chaos-ca/probe/place.js';

const run = promisify(execFile);

async function leafOf(file: string): Promise<X509Certificate> {
  return new X509Certificate(await readFile(file));
}

/** What the CA thinks of the certificates that it has issued, in order. */
function issuedBy({ ca }: Place): readonly object[] {
  const all = ca.state.desk.certificates.all();
  return all.map(({ identifiers, isReplaced, revocationReason = null }) => ({
    identifiers,
    isReplaced,
    revocationReason,
  }));
}

/** That programs which know nothing of each other get on with the chaos CA shows that it is a fair one. */
describe.concurrent('a client of others', { timeout: 120_000 }, () => {
  it.each<[string, (place: Place) => readonly string[]]>([
    ['http-01', ({ httpPort }) => ['--http', '--http.port', `127.0.0.1:${httpPort}`]],
    ['tls-alpn-01', ({ httpsPort }) => ['--tls', '--tls.port', `127.0.0.1:${httpsPort}`]],
  ])(
    'lego obtains by %s, renews and revokes; nonces are refused, and an account elsewhere is asked for',
    async (_, solver) => {
      const secret = Buffer.from('thirty-two bytes or more of secret').toString('base64url');
      const faults = [{ fault: 'badNonce', probability: 0.05 }] as const;
      await inPlace({ externalAccounts: { 'kid-1': secret }, faults, limits: {} }, async (place) => {
        const { ca, directory } = place;
        const account = ['--email', 'ops@example.test', '--accept-tos', '--eab', '--kid', 'kid-1', '--hmac', secret];
        const common = [
          '--server',
          ca.directoryUrl,
          '--path',
          directory,
          '--key-type',
          'ec256',
          '--domains',
          'lego.test',
        ];
        const env = { ...process.env, LEGO_CA_CERTIFICATES: ca.listenerRootPath };
        const lego = (...rest: readonly string[]) =>
          run('lego', [...common, ...account, ...solver(place), ...rest], { env, timeout: 100_000 });
        const file = join(directory, 'certificates', 'lego.test.crt');
        await lego('--domains', 'www.lego.test', 'run');
        const first = await leafOf(file);
        await lego('--domains', 'www.lego.test', 'renew', '--days', '365', '--no-random-sleep');
        const second = await leafOf(file);
        await lego('revoke', '--reason', '4');
        const identifiers = ['lego.test', 'www.lego.test'];
        expect(second.serialNumber).not.toBe(first.serialNumber);
        expect(second.subjectAltName).toBe('DNS:lego.test, DNS:www.lego.test');
        expect(issuedBy(place)).toEqual([
          { identifiers, isReplaced: false, revocationReason: null },
          { identifiers, isReplaced: false, revocationReason: 4 },
        ]);
      });
    },
  );

  it('certbot obtains, renews and revokes inside all limits', async () => {
    await inPlace({ limits: {}, limitsRequests: true }, async (place) => {
      const { ca, directory, httpPort } = place;
      const places = [
        '--config-dir',
        `${directory}/etc`,
        '--work-dir',
        `${directory}/work`,
        '--logs-dir',
        `${directory}/log`,
      ];
      const common = ['-n', '--agree-tos', '-m', 'ops@example.test', '--server', ca.directoryUrl, ...places];
      const env = { ...process.env, REQUESTS_CA_BUNDLE: ca.listenerRootPath };
      const certbot = (...rest: readonly string[]) => run('certbot', [...rest, ...common], { env, timeout: 100_000 });
      const standalone = ['--standalone', '--http-01-port', String(httpPort), '--http-01-address', '127.0.0.1'];
      const live = join(directory, 'etc', 'live', 'certbot.test', 'cert.pem');
      await certbot('certonly', ...standalone, '-d', 'certbot.test', '-d', 'www.certbot.test');
      const first = await leafOf(live);
      await certbot('renew', '--force-renewal', '--no-random-sleep-on-renew');
      const second = await leafOf(live);
      await certbot('revoke', '--cert-name', 'certbot.test', '--reason', 'superseded', '--no-delete-after-revoke');
      const identifiers = ['certbot.test', 'www.certbot.test'];
      expect(second.serialNumber).not.toBe(first.serialNumber);
      expect(issuedBy(place)).toEqual([
        { identifiers, isReplaced: false, revocationReason: null },
        { identifiers, isReplaced: false, revocationReason: 4 },
      ]);
    });
  });

  it('mod_md obtains, and replaces what was revoked as soon as ARI says so', async () => {
    await inPlace({ limits: {} }, async (place) => {
      const apache = await ApacheMd.start(place);
      try {
        const first = await apache.next();
        const [facts] = place.ca.state.desk.certificates.all();
        facts!.revokedAt = place.ca.clock.ms();
        const second = await apache.next(first);
        const identifiers = ['mod-md.test', 'www.mod-md.test'];
        expect(second.subjectAltName).toBe('DNS:mod-md.test, DNS:www.mod-md.test');
        expect(issuedBy(place)).toEqual([
          { identifiers, isReplaced: true, revocationReason: null },
          { identifiers, isReplaced: false, revocationReason: null },
        ]);
      } finally {
        await apache.stop();
      }
    });
  });
});
