import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONSUMERS, type ConsumerName } from '../../src/consumers/index.js';
import { applyInputs, name, PrivateHttpServer, succeeded } from '../support/private-http-server.js';
import { scanTls, talkTls } from '../support/tls-scan.js';

/** Whoever ends TLS. The outcome is the table in docs/consumers.md. */
const FRONTS: readonly ConsumerName[] = ['nginx', 'apache', 'pound'];

/** Mozilla's "intermediate", written out, because what is tried here is our copy of it. */
const TLS_1_3 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];
const TLS_1_2 = (key: string) =>
  ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305'].map((cipher) => `ECDHE-${key}-${cipher}`);
const GROUPS = ['secp256r1 (NIST P-256)', 'secp384r1 (NIST P-384)', 'x25519'];

describe.each(FRONTS)('TLS of %s, from outside', (consumer) => {
  let web: PrivateHttpServer;
  let certificates: readonly string[];

  beforeAll(async () => {
    web = await PrivateHttpServer.make(consumer);
    const ec = await web.certificate('ec.test');
    const rsa = await web.certificate({ isRsa: true }, 'rsa.test');
    certificates = [ec, rsa];
    const sites = [
      await web.site('ec.test', { https: 'REQUIRED', names: [name('ec.test', { certificate: ec })] }),
      await web.site('rsa.test', { https: 'REQUIRED', names: [name('rsa.test', { certificate: rsa })] }),
    ];
    const server = { ...web.server, tlsGroups: ['X25519', 'prime256v1', 'secp384r1'] };
    const changes = [{ type: 'SERVER' } as const, ...sites.map((site) => ({ type: 'SITE', site }) as const)];
    (await applyInputs(changes.map((change) => web.call(change, server)))).forEach(succeeded);
  });
  afterAll(async () => web?.remove());

  it.each([
    ['ec.test', 'ECDSA', 'EC prime256v1'],
    ['rsa.test', 'RSA', 'RSA 2048'],
  ])('is the intermediate profile and nothing weaker: %s', async (host, kind, key) => {
    const scan = await scanTls(web.server.httpsPort, host);
    expect(scan).toEqual({
      protocols: ['tls 1.2', 'tls 1.3'],
      ciphers: { 'TLSv1.3': TLS_1_3, 'TLSv1.2': TLS_1_2(kind) },
      groups: { 'TLSv1.3': GROUPS, 'TLSv1.2': expect.any(Array) },
      renegotiation: false,
      heartbleed: false,
      key,
    });
    // With a key on a curve, sslscan asks for that curve alone.
    expect(GROUPS).toEqual(expect.arrayContaining([...(scan.groups['TLSv1.2'] ?? ['none'])]));
  });

  it('has no compression, no tickets that a stolen key would open, and no renegotiation that a client asks for', async () => {
    const said = await talkTls(web.server.httpsPort, 'rsa.test', '-tls1_2');
    expect(said).toContain('Compression: NONE');
    expect(said).not.toContain('TLS session ticket');
    expect(said).toMatch(/Session-ID: [0-9A-F]{64}/);
    // RFC 5746 is understood; to be asked is refused.
    expect(said).toContain('Secure Renegotiation IS supported');
    expect(said).toMatch(/RENEGOTIATING[\s\S]*no renegotiation/);
  });

  it('chooses the cipher that the client likes best, and agrees on none of the old ones', async () => {
    const best = async (...ciphers: readonly string[]) => {
      const said = await talkTls(web.server.httpsPort, 'rsa.test', '-tls1_2', '-cipher', ciphers.join(':'));
      return /Cipher is (\S+)/.exec(said)?.[1];
    };
    const [one, two] = ['ECDHE-RSA-CHACHA20-POLY1305', 'ECDHE-RSA-AES128-GCM-SHA256'];
    expect([await best(one, two), await best(two, one)]).toEqual([one, two]);
    for (const old of ['AES128-SHA', 'AES256-GCM-SHA384', 'DHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-SHA256']) {
      expect([old, await best(`${old}:@SECLEVEL=0`)]).toEqual([old, '(NONE)']);
    }
  });

  it('shows strangers nothing of anybody, with any protocol', async () => {
    if (!CONSUMERS[consumer].capabilities.refusesStrangers) {
      // A key on a curve, as the one of ec.test: who it is shown for tells them apart.
      expect((await web.get('https', 'nobody.test')).spki).not.toBeOneOf(certificates);
      return;
    }
    const nothing = { protocols: [], ciphers: {}, groups: {}, renegotiation: false, heartbleed: false, key: null };
    expect(await scanTls(web.server.httpsPort, 'nobody.test')).toEqual(nothing);
  });
});
