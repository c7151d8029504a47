import { chown, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:http2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DRUPAL_DIALECTS } from '../support/drupal-dialects.js';
import { DrupalServer, echo, FILE_SERVERS, rootOf, type Echo } from '../support/drupal-server.js';
import { SECRET } from '../support/drupal-tree.js';
import { name } from '../support/private-http-server.js';

const isRoot = process.getuid?.() === 0;
const uri = 'a.test';
const picture = `/sites/${uri}/files/evil.png`;

describe.each(FILE_SERVERS)('requests to a Drupal site on %s', (consumer) => {
  let drupal: DrupalServer;
  let root: string;
  beforeAll(async () => {
    drupal = await DrupalServer.make(consumer);
    const site = await drupal.site(uri, 11);
    root = rootOf(site);
    const certificate = await drupal.web.certificate(uri);
    await drupal.serve({ ...site, https: 'ENABLED', names: [name(uri, { certificate })] });
  });
  afterAll(async () => drupal?.remove());

  it('have their password checked by Drupal', async () => {
    const answer = await drupal.get(uri, '/', { headers: { authorization: 'Basic eDp5' } });
    expect(echo(answer).server).toMatchObject({ HTTP_AUTHORIZATION: 'Basic eDp5', PHP_AUTH_USER: 'x' });
  });

  it('have one host, however it is written', async () => {
    for (const host of [`${uri}:99`, 'A.tEsT:99', `${uri}.:99`]) {
      expect(echo(await drupal.get(host, '/')).server).toMatchObject({ HTTP_HOST: `${uri}:99`, SERVER_NAME: uri });
    }
  });

  it('do not tell PHP about the account that runs the web server', async () => {
    const { server } = echo(await drupal.get(uri, '/'));
    expect(Object.keys(server).filter((key) => /^(?:PATH|hler_.*|LD_.*|PATH_INFO)$/.test(key))).toEqual([]);
  });

  it('may be for a part of a file, or for a newer one, which is kept as long', async () => {
    const part = await drupal.get(uri, picture, { headers: { range: 'bytes=0-3' } });
    expect(part).toMatchObject({ status: 206, body: '<?ph', headers: { 'cache-control': 'max-age=1209600' } });
    expect(part.headers.vary).toBeUndefined();
    const newer = { 'if-modified-since': part.headers['last-modified'] ?? '' };
    const answer = await drupal.get(uri, picture, { headers: newer });
    expect(answer).toMatchObject({ status: 304, body: '', headers: { 'cache-control': 'max-age=1209600' } });
  });

  it('have a type in their answers, bytes where none is known, so that no browser looks for one', async () => {
    await writeFile(`${root}/sites/${uri}/files/page.unheard-of`, '<script>alert(1)</script>');
    const typeOf = async (path: string) => (await drupal.get(uri, path)).headers['content-type'];
    expect(await typeOf('/files/page.unheard-of')).toBe('application/octet-stream');
    expect(await typeOf(picture)).toBe('image/png');
    expect(await typeOf('/')).toMatch(/^text\/html/);
  });

  it('are answered by Drupal where a name is too long for a file system', async () => {
    for (const end of ['', '.png']) {
      const answer = await drupal.get(uri, `/files/${'x'.repeat(300)}${end}`);
      expect(echo(answer).server['SCRIPT_NAME']).toBe('/index.php');
    }
  });

  it('come over HTTP/2 as well', async () => {
    const session = connect(`https://127.0.0.1:${drupal.web.server.httpsPort}`, {
      servername: uri,
      rejectUnauthorized: false,
    });
    const stream = session.request({
      ':path': '/a?b=c',
      ':authority': `${uri}:99`,
      ':method': 'POST',
      'content-length': 3,
    });
    stream.end('x=y');
    let body = '';
    for await (const chunk of stream.setEncoding('utf8')) {
      body += chunk as string;
    }
    session.close();
    const { post, server } = JSON.parse(body) as Echo;
    expect(post).toBe('x=y');
    expect(server).toMatchObject({
      SERVER_PROTOCOL: 'HTTP/2.0',
      REQUEST_URI: '/a?b=c',
      HTTP_HOST: `${uri}:99`,
      HTTPS: 'on',
    });
  });

  it('are answered as PHP goes along', async () => {
    const { httpPort: port } = drupal.web.server;
    const chunks: string[] = [];
    await new Promise<void>((resolve, reject) => {
      request({ port, path: '/?slowly', headers: { host: uri }, agent: false }, (response) => {
        response.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
        response.once('end', resolve);
      })
        .once('error', reject)
        .end();
    });
    // PHP sleeps between the two, so that they arrive together only when somebody has held the first back.
    expect(chunks).toEqual(['the beginning', expect.stringMatching(/^\{/)]);
  });

  it('may not be longer than 100 MB, nor fill the disk without having said how long they are', async () => {
    const tooLong = { 'content-length': String(100 * 1024 * 1024 + 1), connection: 'close' };
    expect((await drupal.get(uri, '/', { method: 'POST', headers: tooLong })).status).toBe(413);
    const unknown = await drupal.get(uri, '/', {
      method: 'POST',
      headers: { 'transfer-encoding': 'chunked' },
      body: 'abc',
    });
    expect(unknown.status).toBe(DRUPAL_DIALECTS[consumer].bodyOfUnknownLength);
  });

  it.runIf(isRoot)('get nothing through a link to what another account owns', async () => {
    const neighbour = `${drupal.web.root}/neighbour.png`;
    await writeFile(neighbour, SECRET);
    await chown(neighbour, 65_534, 65_534);
    await symlink(neighbour, `${root}/sites/${uri}/files/link.png`);
    await symlink(neighbour, `${root}/sites/${uri}/files/link.txt`);
    await symlink('evil.png', `${root}/sites/${uri}/files/own.png`);
    for (const path of [`/sites/${uri}/files/link.png`, '/files/link.png', '/files/link.txt']) {
      const answer = await drupal.get(uri, path);
      expect({ path, body: answer.body }).toEqual({ path, body: expect.not.stringContaining(SECRET) });
      expect([200, 404]).toContain(answer.status);
    }
    expect((await drupal.get(uri, '/files/own.png')).body).toContain('a picture');
  });

  it('read nothing of what an upload or the code base says about the web server', async () => {
    await writeFile(`${root}/sites/${uri}/files/.htaccess`, 'ForceType text/html\nRequire all denied\n');
    const { status, headers } = await drupal.get(uri, picture);
    expect([status, headers['content-type']]).toEqual([200, 'image/png']);
  });
});
