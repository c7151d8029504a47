import { describe, expect, it } from 'vitest';
import { aName, aServer, aSite } from '../a-vhost.fixture.js';
import { goldenOf } from '../golden.fixture.js';
import { SITE_VARIANTS } from '../site-variants.fixture.js';
import type { VhostSpec } from '../vhost-spec.js';
import { apache } from './index.js';

const golden = goldenOf('apache');

describe('a site rendered for apache', () => {
  for (const [variant, [site, server = aServer()]] of Object.entries(SITE_VARIANTS)) {
    it(`is the golden file: ${variant}`, async () => {
      const files = apache.renderSite(site, server);
      expect(files.map(({ path }) => path)).toEqual([
        'vhost.d/example.org.conf',
        ...(variant === 'wildcard-alias' ? ['wildcard.d/6~example.org.conf'] : []),
      ]);
      for (const { path, content, mode } of files) {
        expect(mode).toBe(0o644);
        const suffix = path.startsWith('wildcard.d') ? '.wildcard' : '';
        expect(content).toBe(await golden(`site-${variant}${suffix}.conf`, content));
      }
    });
  }

  it('is put into files that a file system takes, however long its name', () => {
    const uri = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`;
    expect(apache.sitePaths(uri).every((path) => path.length < 220 && path.includes('~'))).toBe(true);
  });

  it('is nothing when the site has no names', () => {
    expect(apache.renderSite(aSite({ names: [] }), aServer())).toEqual([]);
  });

  it('has its wildcards read after exact names and the deeper first, whoever has them, with one digest over all', () => {
    const deepest = `*.${'a.'.repeat(20)}example.org`;
    const names = [aName('example.org'), aName('*.example.org'), aName('*.a.example.org'), aName(deepest)];
    const files = apache.renderSite(aSite({ names }), aServer());
    expect(files.map(({ path }) => path)).toEqual([
      'vhost.d/example.org.conf',
      'wildcard.d/1~example.org.conf',
      'wildcard.d/5~example.org.conf',
      'wildcard.d/6~example.org.conf',
    ]);
    const aliases = files.map(({ content }) => [...content.matchAll(/ServerAlias (\S+)/g)].map(([, alias]) => alias));
    // What is deeper than a wildcard is taken by a stranger's virtual host before it.
    expect(aliases).toEqual([
      [],
      [`*.${deepest}`, deepest],
      ['*.*.a.example.org', '*.a.example.org'],
      ['*.*.example.org', '*.example.org'],
    ]);
    expect(files.every(({ path }) => apache.sitePaths('example.org').includes(path))).toBe(true);
    expect(new Set(files.map((file) => apache.digestOf([file]))).size).toBe(1);
    const fewer = apache.renderSite(aSite({ names: names.slice(0, 2) }), aServer());
    expect(apache.digestOf(fewer)).not.toBe(apache.digestOf(files));
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
