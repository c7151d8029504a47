import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VhostSpec } from '../../src/consumers/index.js';
import { DrupalServer, FILE_SERVERS } from '../support/drupal-server.js';
import { name } from '../support/private-http-server.js';

describe.each(FILE_SERVERS)('HSTS on %s', (consumer) => {
  let drupal: DrupalServer;
  let site: VhostSpec;
  beforeAll(async () => {
    drupal = await DrupalServer.make(consumer);
    const certificate = await drupal.web.certificate('a.test', 'old.a.test');
    const names = [
      name('a.test', { certificate }),
      name('old.a.test', { certificate, redirectTo: 'a.test' }),
      name('plain.a.test'),
    ];
    site = { ...(await drupal.site('a.test', 11)), https: 'ENABLED', names };
  });
  afterAll(async () => drupal?.remove());

  const said = async (host: string, path: string, scheme: 'http' | 'https') => {
    const { status, headers } = await drupal.get(host, path, { scheme });
    return [status, headers['strict-transport-security']];
  };
  // `?hsts`: Drupal says something of its own.
  const answers = [
    ['/', 200],
    ['/?hsts', 200],
    ['/sites/a.test/files/evil.png', 200],
    ['/composer.json', 404],
    ['/.well-known/acme-challenge/token', 200],
  ] as const;

  it.each([31_536_000, 0])(
    'is said for %i seconds with every answer over HTTPS, once, and with none over HTTP',
    async (age) => {
      await drupal.serve({ ...site, hstsMaxAge: age });
      for (const [path, status] of answers) {
        expect([path, ...(await said('a.test', path, 'https'))]).toEqual([path, status, `max-age=${age}`]);
        const drupals = path === '/?hsts' ? 'max-age=1; preload' : undefined;
        expect([path, ...(await said('a.test', path, 'http'))]).toEqual([path, status, drupals]);
      }
      expect(await said('old.a.test', '/x', 'https')).toEqual([301, `max-age=${age}`]);
      expect(await said('old.a.test', '/x', 'http')).toEqual([301, undefined]);
      expect(await said('plain.a.test', '/', 'http')).toEqual([200, undefined]);
      await drupal.serve({ ...site, hstsMaxAge: age, https: 'REQUIRED' });
      expect(await said('a.test', '/', 'http')).toEqual([301, undefined]);
      await drupal.serve({ ...site, hstsMaxAge: age, state: 'DISABLED' });
      expect(await said('a.test', '/', 'https')).toEqual([503, `max-age=${age}`]);
      expect(await said('a.test', '/', 'http')).toEqual([503, undefined]);
    },
  );

  it("is Drupal's own when the site says nothing", async () => {
    await drupal.serve(site);
    expect(await said('a.test', '/', 'https')).toEqual([200, undefined]);
    expect(await said('a.test', '/?hsts', 'https')).toEqual([200, 'max-age=1; preload']);
  });

  it('is said no more where there is no HTTPS', async () => {
    await drupal.serve({ ...site, hstsMaxAge: 60, https: 'DISABLED' });
    expect(await said('a.test', '/', 'http')).toEqual([200, undefined]);
  });
});
