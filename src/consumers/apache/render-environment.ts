import { SECRET_FILE_MODE } from '../config-files.js';
import type { ConfigFile } from '../consumer.js';
import { checkedEnvironment } from '../drupal/environment.js';
import { fileStem } from '../file-stem.js';
import { id, plainHostname } from '../syntax.js';
import type { VhostSpec } from '../vhost-spec.js';

/**
 * What PHP of this site alone finds in `$_SERVER`, in a file of its own that only the master of apache can read, because it may
 * hold the password of a database.
 */
export function renderEnvironment({ siteId, uri, application }: VhostSpec): readonly ConfigFile[] {
  if (application.type !== 'DRUPAL') {
    return [];
  }
  const lines = [
    `# Environment of the site ${id(siteId)}. Written by Hlér; changes made here are lost.`,
    ...checkedEnvironment(application.environment).map(({ name, value }) => `SetEnv ${name} "${value}"`),
  ];
  return [{ path: environmentPath(uri), content: `${lines.join('\n')}\n`, mode: SECRET_FILE_MODE }];
}

export const environmentPath = (siteUri: string): string => `environment.d/${fileStem(plainHostname(siteUri))}.conf`;

/** Optional: a file that is lost costs this site its database, and not all sites the next reload. */
export const environmentInclude = (siteUri: string): string => `IncludeOptional ${environmentPath(siteUri)}`;
