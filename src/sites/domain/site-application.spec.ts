import { describe, expect, it } from 'vitest';
import { aHostedSite } from './a-hosted-site.fixture.js';
import { documentRoot, siteCheckTasks, vhostApplication } from './site-application.js';

describe('what answers the requests of a site', () => {
  it('is Drupal, from the docroot that was recognised, by the pool of the server', () => {
    expect(vhostApplication(aHostedSite())).toEqual({
      type: 'DRUPAL',
      root: '/srv/drupal/web',
      siteDirectory: 'sites/example.org',
      version: 10,
      phpSocket: '/run/php/php-fpm.sock',
      environment: [
        { name: 'MAIN_SITE_NAME', value: 'example.org' },
        ...['db_type', 'db_name', 'db_user', 'db_passwd', 'db_host', 'db_port'].map((name) => ({ name, value: '' })),
      ],
    });
  });

  it('is the pool that the site names, where it names one', () => {
    const hosted = aHostedSite({ site: { phpSocket: '/run/php/own.sock' } });
    expect(vhostApplication(hosted)).toMatchObject({ phpSocket: '/run/php/own.sock' });
  });

  it('is its files, on a static platform', () => {
    const hosted = aHostedSite({ platform: { application: 'STATIC', version: null, docroot: null } });
    expect(vhostApplication(hosted)).toEqual({ type: 'STATIC', root: '/srv/drupal' });
    expect(documentRoot({ ...hosted.platform, realPath: null })).toBe('/srv/drupal');
    expect(siteCheckTasks(hosted)).toEqual([]);
  });

  it.each([
    [{ platform: { version: null } }, 'PLATFORM_NOT_READY'],
    [{ platform: { version: '12.0.0' } }, 'PLATFORM_NOT_READY'],
    [{ platform: { docroot: null } }, 'PLATFORM_NOT_READY'],
    [{ server: { phpSocket: null } }, 'PHP_SOCKET_MISSING'],
  ])('is nothing yet, with %j', (changes, code) => {
    expect(() => vhostApplication(aHostedSite(changes))).toThrow(expect.objectContaining({ code }));
  });

  it('is looked for on the server first', () => {
    expect(siteCheckTasks(aHostedSite())).toEqual([
      {
        name: 'site.check',
        input: {
          root: '/srv/drupal/web',
          siteDirectory: 'sites/example.org',
          phpSocket: '/run/php/php-fpm.sock',
          socketDirectory: '/run/php',
        },
      },
    ]);
  });
});
