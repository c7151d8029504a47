import {
  drupalMajor,
  type DrupalApplication,
  type EnvironmentVariable,
  type VhostApplication,
} from '../../consumers/index.js';
import type { PlannedTask } from '../../operations/index.js';
import type { Platform } from '../../platforms/index.js';
import type { Server } from '../../servers/index.js';
import { assertNever } from '../../shared/assert-never.js';
import { DomainError } from '../../shared/domain-error.js';
import type { PlainObject } from '../../shared/plain.js';
import { phpSocketDirectory } from './php-socket.js';
import type { Site } from './site.js';

/** A site and where it is. */
export interface PlacedSite {
  readonly site: Site;
  readonly server: Server;
}

/** A site, where it is, and what it runs on. */
export interface HostedSite extends PlacedSite {
  readonly platform: Platform;
}

export function documentRoot(platform: Platform): string {
  return platform.docroot ?? platform.realPath ?? platform.source.path;
}

/** What answers the site's requests. Pure. @throws DomainError PLATFORM_NOT_READY, PHP_SOCKET_MISSING */
export function vhostApplication(hosted: HostedSite): VhostApplication {
  const { platform } = hosted;
  switch (platform.application) {
    case 'STATIC':
      return { type: 'STATIC', root: documentRoot(platform) };
    case 'DRUPAL':
      return drupalApplication(hosted);
    default:
      return assertNever(platform.application);
  }
}

/** What of the site must be on the server before it is served; nothing for one that is files alone. Pure. */
export function siteCheckTasks(hosted: HostedSite): readonly PlannedTask[] {
  const application = vhostApplication(hosted);
  if (application.type !== 'DRUPAL') {
    return [];
  }
  const { root, siteDirectory, phpSocket } = application;
  const input: PlainObject = { root, siteDirectory, phpSocket, socketDirectory: phpSocketDirectory(hosted.server) };
  return [{ name: 'site.check', input }];
}

function drupalApplication({ site, platform, server }: HostedSite): DrupalApplication {
  const version = drupalMajor(platform.version ?? '');
  if (version === undefined || platform.docroot === null) {
    throw new DomainError('PLATFORM_NOT_READY', `The version of the platform ${platform.name} is not known yet.`);
  }
  const phpSocket = site.phpSocket ?? server.phpSocket;
  if (phpSocket === null) {
    throw new DomainError(
      'PHP_SOCKET_MISSING',
      `${site.uri} needs PHP, and its server has named no socket of PHP-FPM.`,
    );
  }
  return {
    type: 'DRUPAL',
    root: platform.docroot,
    siteDirectory: `sites/${site.uri}`,
    version,
    phpSocket,
    environment: environmentOf(site),
  };
}

/**
 * The names that Ægir gives, so that a `settings.php` made by it finds them. Those of the database are empty until sites are
 * installed by us: a password is then put in on the server, where it is kept, and never travels in a plan.
 */
function environmentOf(site: Site): readonly EnvironmentVariable[] {
  const database = ['db_type', 'db_name', 'db_user', 'db_passwd', 'db_host', 'db_port'] as const;
  return [{ name: 'MAIN_SITE_NAME', value: site.uri }, ...database.map((name) => ({ name, value: '' }))];
}
