import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FILE_SERVERS } from '../support/drupal-server.js';
import { name, PrivateHttpServer, succeeded } from '../support/private-http-server.js';

describe.each(FILE_SERVERS)('a wildcard on %s', (consumer) => {
  let web: PrivateHttpServer;
  let certificate: string;

  beforeAll(async () => {
    web = await PrivateHttpServer.make(consumer);
    certificate = await web.certificate('*.w.test', '*.b.w.test');
    const wild = (alias: string) => name(alias, { certificate });
    const https = 'ENABLED' as const;
    // By the names of their files the shallow one comes first.
    const sites = [
      await web.site('a-shallow.test', { https, names: [name('a-shallow.test'), wild('*.w.test')] }),
      await web.site('z-deep.test', { https, names: [name('z-deep.test'), wild('*.b.w.test')] }),
      await web.site('exact.test', { names: [name('exact.test'), name('x.c.w.test')] }),
    ];
    const changes = sites.map((site) => ({ type: 'SITE', site }) as const);
    (await web.apply([{ type: 'SERVER' }, ...changes])).forEach(succeeded);
  });
  afterAll(async () => web?.remove());

  const both = (host: string) => Promise.all([web.get('http', host), web.get('https', host)]);

  it.each([
    ['x.w.test', 'a-shallow.test'],
    ['B.w.test', 'a-shallow.test'],
    ['x.b.w.test', 'z-deep.test'],
  ])('stands for one label, whoever has the deeper one: %s', async (host, site) => {
    const body = `front page of ${site}`;
    expect(await both(host)).toMatchObject([
      { status: 200, body },
      { status: 200, body, spki: certificate },
    ]);
  });

  it.each(['y.c.w.test', 'x.y.b.w.test', 'a.b.c.d.w.test', 'w.test'])('does not stand for %s', async (host) => {
    const [http, https] = await both(host);
    const [stranger, strangerHttps] = await both('nobody.test');
    expect(http).toMatchObject({ status: 404, body: stranger.body, error: null });
    // No handshake, and no certificate is shown.
    expect(https).toEqual(strangerHttps);
    expect(https).toMatchObject({ status: null, spki: null, error: expect.any(String) });
  });

  it('takes nothing from a name that somebody has', async () => {
    expect(await web.get('http', 'x.c.w.test')).toMatchObject({ status: 200, body: 'front page of exact.test' });
  });

  it('leaves no file when it is taken away', async () => {
    const before = consumer === 'apache' ? await web.liveFiles('wildcard.d') : [];
    expect(before).toEqual(consumer === 'apache' ? ['5~z-deep.test.conf', '6~a-shallow.test.conf'] : []);
    const site = await web.site('z-deep.test', { names: [name('z-deep.test'), name('*.w2.test')] });
    (await web.apply([{ type: 'SITE', site }])).forEach(succeeded);
    expect((await web.get('http', 'x.b.w.test')).status).toBe(404);
    expect((await web.get('http', 'x.w2.test')).body).toBe('front page of z-deep.test');
    const after = consumer === 'apache' ? await web.liveFiles('wildcard.d') : [];
    expect(after).toEqual(consumer === 'apache' ? ['6~a-shallow.test.conf', '6~z-deep.test.conf'] : []);
  });
});
