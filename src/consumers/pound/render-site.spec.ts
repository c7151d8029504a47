import { describe, expect, it } from 'vitest';
import { aDrupalSite, aName, aServer, aSite, SPKI_A } from '../a-vhost.fixture.js';
import { goldenOf } from '../golden.fixture.js';
import { SITE_VARIANTS } from '../site-variants.fixture.js';
import type { ProxyApplication, VhostSpec } from '../vhost-spec.js';
import { pound } from './index.js';

const golden = goldenOf('pound');
const application: ProxyApplication = {
  type: 'PROXY',
  backends: [{ address: '127.0.0.1', port: 8081, https: null }],
  redirectsWhenTold: true,
};

describe('a site rendered for pound', () => {
  for (const [variant, [site, server = aServer()]] of Object.entries(SITE_VARIANTS)) {
    it(`is the golden set of files: ${variant}`, async () => {
      for (const { path, content, mode } of pound.renderSite({ ...site, application }, server)) {
        expect(mode).toBe(0o644);
        expect(pound.sitePaths(site.uri)).toContain(path);
        expect(content).toBe(await golden(`site-${variant}.${path.split('/')[0]}.conf`, content));
      }
    });
  }

  it('has one digest over all its files', () => {
    const names = [aName('example.org', { certificate: SPKI_A }), aName('*.example.org')];
    const files = pound.renderSite(aSite({ https: 'ENABLED', names, application }), aServer());
    const digests = files.map((file) => pound.digestOf([file])).filter((digest) => digest !== undefined);
    expect(digests).toHaveLength(3);
    expect(new Set(digests).size).toBe(1);
  });

  it('spreads requests over several web servers, and redirects itself where they are strangers', async () => {
    const backends = ['192.0.2.7', '[2001:db8::7]', 'web3.example'].map((address) => ({
      address,
      port: 80,
      https: null,
    }));
    const names = [aName('example.org'), aName('old.example.org', { redirectTo: 'example.org' })];
    const site = aSite({ names, application: { type: 'PROXY', backends, redirectsWhenTold: false } });
    const [file] = pound.renderSite(site, aServer());
    expect(file?.content).toBe(await golden('site-several-backends.conf', file?.content));
  });

  it.each<VhostSpec>([
    aSite(),
    aDrupalSite(),
    aSite({
      application: {
        ...application,
        backends: [{ address: 'web2.example', port: 443, https: { serverName: 'web2.example', caFile: null } }],
      },
    }),
  ])('refuses what it cannot pass on safely', (site) => {
    expect(() => pound.renderSite(site, aServer())).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });

  it.each<Partial<VhostSpec>>([
    { siteId: 'x' },
    { names: [aName('example.org', { certificate: '../../etc' })], https: 'ENABLED' },
  ])('refuses %j', (changes) => {
    expect(() => pound.renderSite(aSite({ application, ...changes }), aServer())).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID' }),
    );
  });

  it.each(['a.test"', 'a.test\nError 200', '.*', 'a.test$', '*.*.test'])('refuses the name %j', (name) => {
    const site = aSite({ names: [aName('example.org'), aName(name)], application });
    expect(() => pound.renderSite(site, aServer())).toThrow(expect.objectContaining({ code: 'HOSTNAME_INVALID' }));
  });
});
