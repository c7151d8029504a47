import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backend, VhostSpec } from '../../src/consumers/index.js';
import { PrivateHttpServer, succeeded } from '../support/private-http-server.js';

const run = promisify(execFile);

/** Behind Pound, which encrypts to back ends but verifies none of them, nginx is what goes out over HTTPS. */
describe('nginx, passing requests on over HTTPS', () => {
  let web: PrivateHttpServer;
  let directory: string;
  let far: Server;
  let port: number;
  let told: IncomingHttpHeaders = {};
  let serverNames: readonly (string | false | null | undefined)[] = [];

  beforeAll(async () => {
    web = await PrivateHttpServer.make('nginx');
    directory = await mkdtemp(join(tmpdir(), 'hler-far-'));
    const certificate = ['-keyout', `${directory}/key.pem`, '-out', `${directory}/cert.pem`];
    const subject = ['-subj', '/CN=far', '-addext', 'subjectAltName=DNS:web2.example'];
    await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', ...subject, ...certificate]);
    const [key, cert] = await Promise.all([readFile(`${directory}/key.pem`), readFile(`${directory}/cert.pem`)]);
    far = createServer({ key, cert }, (request, response) => {
      told = request.headers;
      response.end('from afar');
    });
    far.on('secureConnection', (socket) => (serverNames = [...serverNames, socket.servername]));
    far.listen(0, '127.0.0.1');
    await once(far, 'listening');
    ({ port } = far.address() as AddressInfo);
  });
  afterAll(async () => {
    far?.close();
    await rm(directory, { recursive: true });
    await web.remove();
  });

  const site = async (uri: string, https: Backend['https']): Promise<VhostSpec> =>
    web.site(uri, {
      application: { type: 'PROXY', backends: [{ address: '127.0.0.1', port, https }], redirectsWhenTold: false },
    });

  it('passes them on to a web server that is who it should be', async () => {
    const https = { serverName: 'web2.example', caFile: `${directory}/cert.pem` };
    succeeded((await web.apply([{ type: 'SITE', site: await site('far.test', https) }]))[0]);
    expect(await web.get('http', 'far.test')).toMatchObject({ status: 200, body: 'from afar' });
    expect(serverNames.at(-1)).toBe('web2.example');
    expect(told).toMatchObject({ host: 'far.test', 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' });
  });

  it.each([
    ['an authority that it is not of', 'untrusted.test', { serverName: 'web2.example', caFile: null }],
    ['another name', 'other.test', { serverName: 'web3.example', caFile: 'cert.pem' }],
  ])('passes nothing on to one with %s', async (_, uri, { serverName, caFile }) => {
    told = {};
    const https = { serverName, caFile: caFile === null ? null : `${directory}/${caFile}` };
    const [result] = await web.apply([{ type: 'SITE', site: await site(uri, https) }]);
    expect(succeeded(result).warnings).toMatchObject([{ code: 'SITE_ANSWERS_ERROR', details: { status: 502 } }]);
    expect(await web.get('http', uri)).toMatchObject({ status: 502 });
    expect(told).toEqual({});
  });

  it('refuses back ends that would have to be spoken to in different ways', async () => {
    const https = { serverName: 'web2.example', caFile: null };
    const backends: readonly Backend[] = [
      { address: '127.0.0.1', port, https },
      { address: '127.0.0.1', port, https: null },
    ];
    const mixed = await web.site('mixed.test', { application: { type: 'PROXY', backends, redirectsWhenTold: false } });
    expect(await web.apply([{ type: 'SITE', site: mixed }])).toMatchObject([{ failure: { code: 'INPUT_INVALID' } }]);
  });
});
