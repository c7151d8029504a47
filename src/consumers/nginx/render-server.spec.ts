import { describe, expect, it } from 'vitest';
import { aServer } from '../a-vhost.fixture.js';
import type { HttpServerSpec } from '../http-server-spec.js';
import { goldenOf } from '../golden.fixture.js';
import { nginx } from './index.js';

const golden = goldenOf('nginx');

describe('a server rendered for nginx', () => {
  it('is the golden set of files', async () => {
    const files = nginx.renderServer(aServer());
    expect(files.map(({ path }) => path)).toEqual([
      'mime.conf',
      'tls.conf',
      'acme.conf',
      'fastcgi.conf',
      'disabled.html',
      'nginx.conf',
      'default.conf',
    ]);
    for (const file of files) {
      expect(file.mode).toBe(0o644);
      expect(file.content).toBe(await golden(`server-${file.path}`, file.content));
    }
  });

  it('is written for an unprivileged account, a newer nginx and one address', async () => {
    const server = aServer({
      addresses: ['127.0.0.1'],
      httpPort: 8080,
      httpsPort: 8443,
      programVersion: '1.27.0',
      workerUser: null,
      tlsGroups: ['X25519MLKEM768', 'X25519'],
    });
    for (const name of ['nginx.conf', 'default.conf', 'tls.conf']) {
      const content = contentOf(name, server);
      expect(content).toBe(await golden(`server-unprivileged-${name}`, content));
    }
  });

  it('answers no challenge while there is no account', async () => {
    const content = contentOf('acme.conf', aServer({ acmeThumbprints: [] }));
    expect(content).toBe(await golden('server-no-account-acme.conf', content));
  });

  it('carries a digest that covers every file', () => {
    const digest = (server: HttpServerSpec) => nginx.digestOf(nginx.renderServer(server));
    expect(digest(aServer())).toMatch(/^[0-9a-f]{64}$/);
    expect(digest(aServer({ tlsGroups: ['X25519'] }))).not.toBe(digest(aServer()));
    expect(digest(aServer({ acmeThumbprints: [] }))).not.toBe(digest(aServer()));
  });

  it.each<Partial<HttpServerSpec>>([
    { addresses: ['127.0.0.1; }'] },
    { addresses: ['unix:/tmp/s'] },
    { addresses: ['::1'] },
    { httpPort: 0 },
    { httpsPort: 65_536 },
    { tlsGroups: ['X25519;'] },
    { acmeThumbprints: ['short'] },
    { workerUser: 'root; x' },
  ])('refuses %j', (changes) => {
    expect(() => nginx.renderServer(aServer(changes))).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });

  it('refuses a directory that could carry syntax', () => {
    const paths = { ...aServer().paths, log: '/var/log/a b' };
    expect(() => nginx.renderServer(aServer({ paths }))).toThrow(expect.objectContaining({ code: 'PATH_INVALID' }));
  });
});

function contentOf(name: string, server: HttpServerSpec): string | undefined {
  return nginx.renderServer(server).find(({ path }) => path === name)?.content;
}
