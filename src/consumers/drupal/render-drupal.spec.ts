import { describe, expect, it } from 'vitest';
import { aDrupalSite, aName, aServer, aSite, SPKI_A } from '../a-vhost.fixture.js';
import type { EnvironmentVariable } from './environment.js';
import type { VhostSpec } from '../vhost-spec.js';
import { goldenOf } from '../golden.fixture.js';
import { CONSUMERS } from '../index.js';

const covered = [aName('example.org', { certificate: SPKI_A })];

const variants: { readonly [name: string]: VhostSpec } = {
  'drupal-7': aDrupalSite({ version: 7, root: '/srv/drupal-7' }),
  'drupal-11-https-required': aDrupalSite({ version: 11 }, { https: 'REQUIRED', hstsMaxAge: 300, names: covered }),
  'drupal-disabled': aDrupalSite({}, { state: 'DISABLED' }),
};

describe.each(['nginx', 'apache'] as const)('a Drupal site rendered for %s', (name) => {
  const consumer = CONSUMERS[name];
  const golden = goldenOf(name);
  const render = (site: VhostSpec) => consumer.renderSite(site, aServer());
  const vhost = (site: VhostSpec) => render(site).find(({ path }) => path.startsWith('vhost.d/'))?.content;

  it.each(Object.entries(variants))('is the golden file: %s', async (variant, site) => {
    expect(vhost(site)).toBe(await golden(`site-${variant}.conf`, vhost(site)));
  });

  it('keeps its environment in a file that only the master of the web server can read', async () => {
    const environment: EnvironmentVariable[] = [
      { name: 'MAIN_SITE_NAME', value: 'example.org' },
      { name: 'db_passwd', value: "a b';{}#%&<>~" },
      { name: 'db_port', value: '' },
    ];
    const files = render(aDrupalSite({ environment }));
    expect(files.map(({ path, mode }) => [path, mode])).toEqual([
      ['environment.d/example.org.conf', 0o600],
      ['vhost.d/example.org.conf', 0o644],
    ]);
    expect(files[0]?.content).toBe(await golden('site-drupal-environment.conf', files[0]?.content));
    expect(files[1]?.content).not.toContain('a b');
    expect(consumer.sitePaths('example.org').slice(0, 2)).toEqual(files.map(({ path }) => path));
  });

  it('carries another digest when only its environment changes', () => {
    const digest = (value: string) =>
      consumer.digestOf(render(aDrupalSite({ environment: [{ name: 'db_passwd', value }] })));
    expect(digest('one')).toMatch(/^[0-9a-f]{64}$/);
    expect(digest('one')).not.toBe(digest('two'));
  });

  it('has no file of an environment when it is static', () => {
    expect(render(aSite()).map(({ path }) => path)).toEqual(['vhost.d/example.org.conf']);
  });

  it.each(['$', '"', '\\', '\n', 'é', '\0', 'x'.repeat(1_001)])(
    'refuses %j in a value, and does not show it',
    (odd) => {
      const site = aDrupalSite({ environment: [{ name: 'db_passwd', value: `secret${odd}` }] });
      const refusal = expect.objectContaining({
        code: 'INPUT_INVALID',
        message: expect.not.stringContaining('secret'),
      }) as Error;
      expect(() => render(site)).toThrow(refusal);
    },
  );

  it.each(['PHP_ADMIN_VALUE', 'SCRIPT_FILENAME', 'db_name "x"; #'])('refuses the name %j', (name) => {
    const environment = [{ name, value: '' }] as unknown as EnvironmentVariable[];
    expect(() => render(aDrupalSite({ environment }))).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });

  it.each([
    [{ siteDirectory: 'sites/..' }, 'HOSTNAME_INVALID'],
    [{ siteDirectory: 'sites/a/b' }, 'INPUT_INVALID'],
    [{ siteDirectory: 'sites/a.org"{' }, 'HOSTNAME_INVALID'],
    [{ siteDirectory: '/etc' }, 'INPUT_INVALID'],
    [{ root: '/srv/$uri' }, 'PATH_INVALID'],
    [{ phpSocket: '/run/php/a;b.sock' }, 'PATH_INVALID'],
    [{ phpSocket: 'run/php.sock' }, 'PATH_INVALID'],
    [{ phpSocket: `/run/${'x'.repeat(103)}` }, 'PATH_INVALID'],
  ])('refuses %j', (application, code) => {
    expect(() => render(aDrupalSite(application))).toThrow(expect.objectContaining({ code }));
  });
});
