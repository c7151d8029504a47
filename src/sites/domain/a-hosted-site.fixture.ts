import type { Platform } from '../../platforms/index.js';
import type { Server } from '../../servers/index.js';
import type { HostedSite } from './site-application.js';
import type { Site } from './site.js';

interface Changes {
  readonly site?: Partial<Site>;
  readonly platform?: Partial<Platform>;
  readonly server?: Partial<Server>;
}

/** A site on a verified platform of Drupal, for tests of decisions; each test says what matters to it. */
export function aHostedSite({ site, platform, server }: Changes = {}): HostedSite {
  const path = '/srv/drupal';
  return {
    site: { id: 's1', uri: 'example.org', phpSocket: null, status: 'ENABLED', names: [], ...site } as unknown as Site,
    platform: {
      name: 'drupal',
      application: 'DRUPAL',
      source: { type: 'EXISTING_PATH', path },
      realPath: path,
      version: '10.3.7',
      docroot: `${path}/web`,
      ...platform,
    } as unknown as Platform,
    server: { name: 'web1', phpSocket: '/run/php/php-fpm.sock', ...server } as unknown as Server,
  };
}
