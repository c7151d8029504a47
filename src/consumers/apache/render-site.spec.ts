import { describe, expect, it } from 'vitest';
import { aDrupalSite, aName, aServer, aSite } from '../a-vhost.fixture.js';
import { goldenOf } from '../golden.fixture.js';
import { SITE_VARIANTS } from '../site-variants.fixture.js';
import type { VhostSpec } from '../vhost-spec.js';
import { apache } from './index.js';

const golden = goldenOf('apache');

describe('a site rendered for apache', () => {
  for (const [variant, [site, server = aServer()]] of Object.entries(SITE_VARIANTS)) {
    it(`is the golden file: ${variant}`, async () => {
      const files = apache.renderSite(site, server);
      expect(files.map(({ path }) => path)).toEqual(
        apache.sitePaths(site.uri).slice(0, variant === 'wildcard-alias' ? 2 : 1),
      );
      for (const { path, content, mode } of files) {
        expect(mode).toBe(0o644);
        const suffix = path.startsWith('wildcard.d') ? '.wildcard' : '';
        expect(content).toBe(await golden(`site-${variant}${suffix}.conf`, content));
      }
    });
  }

  it('is refused for Drupal, whose source it would show as files', () => {
    expect(() => apache.renderSite(aDrupalSite(), aServer())).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', details: { field: 'application', consumer: 'apache' } }),
    );
    expect(apache.renderSite(aDrupalSite({}, { state: 'DISABLED' }), aServer())).toHaveLength(1);
  });

  it('is put into files that a file system takes, however long its name', () => {
    const uri = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`;
    expect(apache.sitePaths(uri).every((path) => path.length < 220 && path.includes('~'))).toBe(true);
  });

  it('is nothing when the site has no names', () => {
    expect(apache.renderSite(aSite({ names: [] }), aServer())).toEqual([]);
  });

  it('has the deeper wildcard first, and one digest over both files', () => {
    const names = [aName('example.org'), aName('*.example.org'), aName('*.a.example.org')];
    const [exact, wild] = apache.renderSite(aSite({ names }), aServer());
    expect([...(wild?.content.matchAll(/ServerAlias (\S+)/g) ?? [])].map(([, name]) => name)).toEqual([
      '*.a.example.org',
      '*.example.org',
    ]);
    expect(apache.digestOf([exact!])).toBe(apache.digestOf([wild!]));
    const fewer = apache.renderSite(aSite({ names: names.slice(0, 2) }), aServer());
    expect(apache.digestOf(fewer)).not.toBe(apache.digestOf([exact!]));
  });

  it('carries another digest when anything in it changes, and the same when nothing does', () => {
    const digest = (site: VhostSpec) => apache.digestOf(apache.renderSite(site, aServer()));
    expect(digest(aSite())).toMatch(/^[0-9a-f]{64}$/);
    expect(digest(aSite())).toBe(digest(aSite()));
    expect(digest(aSite({ application: { type: 'STATIC', root: '/srv/other' } }))).not.toBe(digest(aSite()));
  });

  const evil = ['example.org\nListen 1', 'a b.org', '%{env:X}', '"a".org', '<a>', 'a.org #', '_', '${X}'];
  it.each(evil)('refuses the name %j', (name) => {
    expect(() => apache.renderSite(aSite({ names: [aName(name)] }), aServer())).toThrow(
      expect.objectContaining({ code: 'HOSTNAME_INVALID' }),
    );
    expect(() => apache.sitePaths(`../${name}`)).toThrow(expect.objectContaining({ code: 'HOSTNAME_INVALID' }));
  });

  it.each(['relative', '/srv/a"b', '/srv/%{X}', '/srv/${X}', '/srv/../etc', '/srv/a\nb', '/srv/a>', '/srv/a b'])(
    'refuses the document root %j',
    (root) => {
      expect(() => apache.renderSite(aSite({ application: { type: 'STATIC', root } }), aServer())).toThrow(
        expect.objectContaining({ code: 'PATH_INVALID' }),
      );
    },
  );

  it.each([
    aSite({ siteId: 'x\nListen 1' }),
    aSite({ https: 'ENABLED', names: [aName('example.org', { certificate: '../../etc' })] }),
  ])('refuses an id or a certificate that is none', (site) => {
    expect(() => apache.renderSite(site, aServer())).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });
});
