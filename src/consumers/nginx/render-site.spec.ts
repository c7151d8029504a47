import { describe, expect, it } from 'vitest';
import { aName, aServer, aSite } from '../a-vhost.fixture.js';
import type { VhostSpec } from '../vhost-spec.js';
import { goldenOf } from '../golden.fixture.js';
import { SITE_VARIANTS } from '../site-variants.fixture.js';
import { nginx } from './index.js';

const golden = goldenOf('nginx');

const VARIANTS: typeof SITE_VARIANTS = {
  ...SITE_VARIANTS,
  'https-enabled-new-dialect': [SITE_VARIANTS['https-enabled']![0], aServer({ programVersion: '1.26.3' })],
};

describe('a site rendered for nginx', () => {
  for (const [variant, [site, server = aServer()]] of Object.entries(VARIANTS)) {
    it(`is the golden file: ${variant}`, async () => {
      const [file, ...others] = nginx.renderSite(site, server);
      expect(others).toEqual([]);
      expect(file).toMatchObject({ path: 'vhost.d/example.org.conf', mode: 0o644 });
      expect(file?.content).toBe(await golden(`site-${variant}.conf`, file?.content));
    });
  }

  it('is nothing when the site has no names', () => {
    expect(nginx.renderSite(aSite({ names: [] }), aServer())).toEqual([]);
  });

  it('carries another digest when anything in it changes, and the same when nothing does', () => {
    const digest = (site: VhostSpec) => nginx.digestOf(nginx.renderSite(site, aServer()));
    expect(digest(aSite())).toMatch(/^[0-9a-f]{64}$/);
    expect(digest(aSite())).toBe(digest(aSite()));
    const moved = aSite({ application: { type: 'STATIC', root: '/srv/other' } });
    expect(digest(moved)).not.toBe(digest(aSite()));
    expect(digest(aSite({ siteId: '0190f3c2-7b1a-7000-8000-000000000002' }))).not.toBe(digest(aSite()));
  });

  const evil = ['example.org;', 'a b.org', 'a.org\n}', '$host', '~^(.*)$', '"a".org', 'a.org #', '_'];
  it.each(evil)('refuses the name %j', (name) => {
    expect(() => nginx.renderSite(aSite({ names: [aName(name)] }), aServer())).toThrow(
      expect.objectContaining({ code: 'HOSTNAME_INVALID' }),
    );
    expect(() => nginx.sitePaths(`../${name}`)).toThrow(expect.objectContaining({ code: 'HOSTNAME_INVALID' }));
  });

  it.each(['relative', '/srv/a;b', '/srv/$uri', '/srv/a"b', '/srv/../etc', '/srv/a\nb', '/srv/{a}'])(
    'refuses the document root %j',
    (root) => {
      expect(() => nginx.renderSite(aSite({ application: { type: 'STATIC', root } }), aServer())).toThrow(
        expect.objectContaining({ code: 'PATH_INVALID' }),
      );
    },
  );

  it('refuses a wildcard as main name or as the target of a redirect', () => {
    const refusal = expect.objectContaining({ code: 'HOSTNAME_WILDCARD_NOT_ALLOWED' }) as Error;
    expect(() => nginx.renderSite(aSite({ uri: '*.example.org' }), aServer())).toThrow(refusal);
    const names = [aName('a.example.org', { redirectTo: '*.example.org' })];
    expect(() => nginx.renderSite(aSite({ names }), aServer())).toThrow(refusal);
  });

  it.each([
    aSite({ siteId: 'x\n}' }),
    aSite({ https: 'ENABLED', names: [aName('example.org', { certificate: '../../etc' })] }),
  ])('refuses an id or a certificate that is none', (site) => {
    expect(() => nginx.renderSite(site, aServer())).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });
});
