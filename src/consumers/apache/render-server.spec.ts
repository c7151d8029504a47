import { describe, expect, it } from 'vitest';
import { aServer } from '../a-vhost.fixture.js';
import { goldenOf } from '../golden.fixture.js';
import type { HttpServerSpec } from '../http-server-spec.js';
import { apache } from './index.js';

const golden = goldenOf('apache');
const machine = { workerGroupId: 33, modules: { directory: '/usr/lib/apache2/modules', names: ['http2', 'setenvif'] } };

describe('a server rendered for apache', () => {
  it('is the golden set of files', async () => {
    const files = apache.renderServer(aServer({ machine }));
    expect(files.map(({ path }) => path)).toEqual([
      'mime.conf',
      'tls.conf',
      'acme.conf',
      'fastcgi.conf',
      'disabled.html',
      'apache.conf',
      'default.conf',
    ]);
    for (const file of files) {
      expect(file.mode).toBe(0o644);
      expect(file.content).toBe(await golden(`server-${file.path}`, file.content));
    }
  });

  it('is written for an unprivileged account, elsewhere, and with few modules', async () => {
    const server = aServer({
      addresses: ['127.0.0.1', '[::1]'],
      httpPort: 8080,
      httpsPort: 8443,
      workerUser: null,
      tlsGroups: [],
      machine: {
        workerGroupId: null,
        modules: { directory: '/usr/lib64/httpd/modules', names: ['unixd', 'log_config'] },
      },
    });
    for (const name of ['apache.conf', 'default.conf', 'tls.conf']) {
      const content = contentOf(name, server);
      expect(content).toBe(await golden(`server-unprivileged-${name}`, content));
    }
  });

  it('answers no challenge while there is no account', async () => {
    const content = contentOf('acme.conf', aServer({ acmeThumbprints: [] }));
    expect(content).toBe(await golden('server-no-account-acme.conf', content));
  });

  it('carries a digest that covers every file', () => {
    const digest = (server: HttpServerSpec) => apache.digestOf(apache.renderServer(server));
    expect(digest(aServer())).toMatch(/^[0-9a-f]{64}$/);
    expect(digest(aServer({ tlsGroups: ['X25519'] }))).not.toBe(digest(aServer()));
    expect(digest(aServer({ machine }))).not.toBe(digest(aServer()));
  });

  it.each<Partial<HttpServerSpec>>([
    { addresses: ['127.0.0.1>'] },
    { addresses: ['::1'] },
    { httpPort: 0 },
    { tlsGroups: ['X25519\nListen'] },
    { acmeThumbprints: ['short'] },
    { workerUser: 'root x' },
    { machine: { workerGroupId: -1, modules: null } },
  ])('refuses %j', (changes) => {
    expect(() => apache.renderServer(aServer(changes))).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });

  it('refuses a directory that could carry syntax', () => {
    const paths = { ...aServer().paths, log: '/var/log/a"b' };
    expect(() => apache.renderServer(aServer({ paths }))).toThrow(expect.objectContaining({ code: 'PATH_INVALID' }));
  });
});

function contentOf(name: string, server: HttpServerSpec): string | undefined {
  return apache.renderServer(server).find(({ path }) => path === name)?.content;
}
