import { describe, expect, it } from 'vitest';
import { aServer } from '../a-vhost.fixture.js';
import { goldenOf } from '../golden.fixture.js';
import type { HttpServerSpec } from '../http-server-spec.js';
import { pound } from './index.js';

const golden = goldenOf('pound');
const challenges = [{ address: '127.0.0.1', port: 8081, https: null }];

describe('a server rendered for pound', () => {
  it('is the golden set of files', async () => {
    const files = pound.renderServer(aServer({ challenges }));
    expect(files.map(({ path }) => path)).toEqual([
      'tls.conf',
      'openssl.conf',
      'entry.conf',
      'notfound.txt',
      'probe.txt',
      'disabled.html',
      'pound.conf',
      'default.conf',
    ]);
    for (const file of files) {
      expect(file.mode).toBe(0o644);
      expect(file.content).toBe(await golden(`server-${file.path}`, file.content));
    }
  });

  it('is written for an unprivileged account, and for addresses of its own', async () => {
    const addresses = ['127.0.0.1', '[::1]', '192.0.2.7'];
    const content = contentOf('pound.conf', aServer({ addresses, httpPort: 8080, httpsPort: 8443, workerUser: null }));
    expect(content).toBe(await golden('server-unprivileged-pound.conf', content));
  });

  it('listens on all addresses once, because :: takes IPv4 as well', () => {
    const listeners = (addresses: readonly string[]) =>
      contentOf('pound.conf', aServer({ addresses }))?.match(/Address \S+/g);
    expect(listeners(['*', '[::]'])).toEqual(['Address ::', 'Address ::']);
    expect(listeners(['*'])).toEqual(['Address 0.0.0.0', 'Address 0.0.0.0']);
  });

  it('carries a digest that covers every file', () => {
    const digest = (server: HttpServerSpec) => pound.digestOf(pound.renderServer(server));
    expect(digest(aServer())).toMatch(/^[0-9a-f]{64}$/);
    expect(digest(aServer({ challenges }))).not.toBe(digest(aServer()));
    expect(digest(aServer({ httpPort: 81 }))).not.toBe(digest(aServer()));
  });

  it.each<Partial<HttpServerSpec>>([
    { addresses: ['127.0.0.1"'] },
    { httpPort: 0 },
    { workerUser: 'root x' },
    { challenges: [{ address: '127.0.0.1', port: 0, https: null }] },
    { challenges: [{ address: 'web2.example', port: 443, https: { serverName: 'web2.example', caFile: null } }] },
  ])('refuses %j', (changes) => {
    expect(() => pound.renderServer(aServer(changes))).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });

  it('refuses a directory or a back end that could carry syntax', () => {
    const paths = { ...aServer().paths, run: '/run/a"b' };
    expect(() => pound.renderServer(aServer({ paths }))).toThrow(expect.objectContaining({ code: 'PATH_INVALID' }));
    const evil = [{ address: 'a.test"\nInclude "/etc/passwd', port: 80, https: null }];
    expect(() => pound.renderServer(aServer({ challenges: evil }))).toThrow(
      expect.objectContaining({ code: 'HOSTNAME_INVALID' }),
    );
  });
});

function contentOf(name: string, server: HttpServerSpec): string | undefined {
  return pound.renderServer(server).find(({ path }) => path === name)?.content;
}
