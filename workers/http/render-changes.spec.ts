import { describe, expect, it } from 'vitest';
import { aDrupalSite, aName, aServer, aSite, SPKI_A } from '../../src/consumers/a-vhost.fixture.js';
import { CONSUMERS } from '../../src/consumers/index.js';
import { httpApplySchema, type HttpChange } from './http-change.js';
import { concrete, expectationsOf, fewOf, renderChange } from './render-changes.js';

const { nginx } = CONSUMERS;
const render = (change: HttpChange) => renderChange({ consumer: 'nginx', server: aServer(), change }, aServer());

describe('what a change expects', () => {
  const names = [
    aName('example.org', { certificate: SPKI_A }),
    aName('*.example.org', { certificate: SPKI_A }),
    aName('old.org', { redirectTo: 'example.org' }),
  ];
  const site = render({ type: 'SITE', site: aSite({ https: 'REQUIRED', names }) });

  it('is every name of a site, with its certificate on HTTPS', () => {
    const expectations = expectationsOf(site, site.files, [], nginx);
    expect(expectations.map(({ scheme, name, certificate }) => [scheme, name, certificate])).toEqual([
      ['http', 'example.org', null],
      ['http', concrete('*.example.org'), null],
      ['http', 'old.org', null],
      ['https', 'example.org', SPKI_A],
      ['https', concrete('*.example.org'), SPKI_A],
    ]);
    expect(new Set(expectations.map(({ digest }) => digest)).size).toBe(1);
  });

  it('is little where nothing changed: one name, and each certificate once', () => {
    const few = fewOf(expectationsOf(site, site.files, site.files, nginx));
    expect(few.map(({ scheme, name }) => [scheme, name])).toEqual([
      ['http', 'example.org'],
      ['https', 'example.org'],
    ]);
  });

  it('is that a removed site answers no more as it did', () => {
    const removed = render({ type: 'REMOVE_SITE', siteId: aSite().siteId, uri: 'example.org', names: ['example.org'] });
    expect(removed.files).toEqual([
      { path: 'environment.d/example.org.conf', content: null, mode: 0o644 },
      { path: 'vhost.d/example.org.conf', content: null, mode: 0o644 },
      { path: 'quarantine.d/environment.d~example.org.conf', content: null, mode: 0o644 },
      { path: 'quarantine.d/vhost.d~example.org.conf', content: null, mode: 0o644 },
    ]);
    expect(expectationsOf(removed, removed.files, site.files, nginx)).toMatchObject([
      { scheme: 'http', name: 'example.org', wanted: false, digest: nginx.digestOf(site.files as never) },
    ]);
    expect(expectationsOf(removed, removed.files, removed.files, nginx)).toEqual([]);
  });

  it('is that restored files answer again, for the name they are called after', () => {
    const restored = render({ type: 'RESTORE', files: site.files });
    expect(expectationsOf(restored, restored.files, [], nginx)).toMatchObject([{ name: 'example.org', wanted: true }]);
  });
});

describe('the input of http.apply', () => {
  const input = (change: unknown) =>
    httpApplySchema.safeParse({ consumer: 'nginx', server: aServer(), change }).success;

  it('is accepted as the planners make it', () => {
    expect(input({ type: 'SERVER' })).toBe(true);
    expect(input({ type: 'SITE', site: aSite() })).toBe(true);
    expect(input({ type: 'SITE', site: aDrupalSite() })).toBe(true);
    expect(input({ type: 'RESTORE', files: [{ path: 'environment.d/a.org.conf', content: '', mode: 384 }] })).toBe(
      true,
    );
    expect(input({ type: 'RESTORE', files: [{ path: 'vhost.d/a.org.conf', content: null, mode: 420 }] })).toBe(true);
    const long = CONSUMERS.apache
      .sitePaths(`${'a.'.repeat(100)}org`)
      .map((path) => ({ path, content: null, mode: 420 }));
    expect(input({ type: 'RESTORE', files: long })).toBe(true);
  });

  it.each([
    '../x.conf',
    '/etc/passwd',
    'pre.d/mine.conf',
    'post.d/mine.conf',
    'vhost.d/../pre.d/x.conf',
    'vhost.d/.conf/x',
  ])('does not restore %s: it is not ours', (path) => {
    expect(input({ type: 'RESTORE', files: [{ path, content: '', mode: 420 }] })).toBe(false);
  });
});
