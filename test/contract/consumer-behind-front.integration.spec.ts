import { mkdir, writeFile } from 'node:fs/promises';
import { get, type IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WEB_SERVER_NAMES, type HttpServerSpec } from '../../src/consumers/index.js';
import { applyInputs, PrivateHttpServer, succeeded } from '../support/private-http-server.js';

/** Says in headers what the application would be told of the client. */
const ECHO: { readonly [name in (typeof WEB_SERVER_NAMES)[number]]: string } = {
  nginx: 'add_header X-Seen "$remote_addr|$hler_https" always;\n',
  apache: 'Header always set X-Seen "expr=%{REMOTE_ADDR}|%{reqenv:HTTPS}"\n',
};

const CLAIMS = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' };

describe.each(WEB_SERVER_NAMES)('%s behind a TLS front', (consumer) => {
  let web: PrivateHttpServer;
  let server: HttpServerSpec;

  const serve = async (trustedProxy: string): Promise<void> => {
    server = { ...web.server, behindFront: { trustedProxies: [trustedProxy] } };
    const site = await web.site('behind.test');
    const inputs = [web.call({ type: 'SERVER' }, server), web.call({ type: 'SITE', site }, server)];
    (await applyInputs(inputs)).forEach(succeeded);
  };

  beforeAll(async () => {
    web = await PrivateHttpServer.make(consumer);
    await mkdir(`${web.target.directory}/extra.d`, { recursive: true });
    await writeFile(`${web.target.directory}/extra.d/behind.test.conf`, ECHO[consumer]);
    await serve('127.0.0.1');
  });
  afterAll(async () => web.remove());

  it('believes the front who the client is, and that it came over HTTPS', async () => {
    expect((await ask(CLAIMS)).headers['x-seen']).toBe('203.0.113.9|on');
    expect((await ask({ ...CLAIMS, 'x-forwarded-proto': 'http' })).headers['x-seen']).toMatch(
      /^203\.0\.113\.9\|(off)?$/,
    );
    expect((await ask({})).headers['x-seen']).toMatch(/^127\.0\.0\.1\|$/);
  });

  it('redirects where the front tells it to, path and query as they were sent', async () => {
    const { status, headers } = await ask({ 'x-hler-redirect': 'https://behind.test:8443' }, '/a%2Fb%20c?x=%26y');
    expect([status, headers.location]).toEqual([301, 'https://behind.test:8443/a%2Fb%20c?x=%26y']);
    const { status: other } = await ask({ 'x-hler-redirect': 'javascript:alert(1)' });
    expect(other).toBe(200);
  });

  it('listens on no port for HTTPS', async () => {
    expect(await web.get('https', 'behind.test')).toMatchObject({ error: 'ECONNREFUSED' });
  });

  it('believes nobody else', async () => {
    await serve('127.0.0.99');
    const claims = { ...CLAIMS, 'x-hler-redirect': 'https://elsewhere.test' };
    const { status, headers } = await ask(claims);
    expect(status).toBe(200);
    expect(headers['x-seen']).toBe('127.0.0.1|');
  });

  function ask(
    headers: Readonly<Record<string, string>>,
    path = '/',
  ): Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders }> {
    const options = { host: '127.0.0.1', port: server.httpPort, path, headers: { ...headers, host: 'behind.test' } };
    return new Promise((resolve, reject) => {
      get({ ...options, agent: false }, (response) => {
        resolve({ status: response.statusCode ?? 0, headers: response.resume().headers });
      }).once('error', reject);
    });
  }
});
