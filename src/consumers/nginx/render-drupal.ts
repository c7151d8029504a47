import { ASSET_SECONDS, drupalRules, GENERATED_SECONDS, type Rule } from '../drupal/drupal-rules.js';
import type { DrupalApplication } from '../vhost-spec.js';
import { block } from './layout.js';
import { environmentInclude } from './render-environment.js';
import { unixSocket } from '../syntax.js';

const DRUPAL = '/index.php$is_args$args';

/**
 * The rules of Drupal as locations. nginx looks for an exact path first, then takes the first pattern that matches, then `/`: so
 * an entry point is one whatever the patterns say, and what is forbidden comes before what is served.
 */
export function drupalLines(application: DrupalApplication, uri: string): readonly string[] {
  const rules = drupalRules(application);
  const { short, long } = rules.shortFiles;
  return [
    'include fastcgi.conf;',
    environmentInclude(uri),
    '',
    `rewrite "^${short}(.*)$" ${long}$1 last;`,
    ...rules.entryPoints.map((path) => `location = ${path} { ${passToPhp(application)} }`),
    ...rules.own.map(({ path, to, otherwise }) => {
      const last = otherwise === 'DRUPAL' ? DRUPAL : '=404';
      return `location = ${path} { try_files ${to} $uri ${last}; }`;
    }),
    '',
    ...rules.forbidden.flatMap(({ about, pattern }) => [`# ${about}`, `location ~* "${pattern}" { return 404; }`]),
    '',
    ...served(rules.generated, '~', GENERATED_SECONDS),
    ...served(rules.uploaded, '~', ASSET_SECONDS),
    ...served(rules.assets, '~*', ASSET_SECONDS),
    '# Anything else is answered by Drupal, also what would be a file.',
    'location / { rewrite ^ /index.php last; }',
  ];
}

function passToPhp({ phpSocket }: DrupalApplication): string {
  return `fastcgi_pass "unix:${unixSocket(phpSocket)}";`;
}

function served({ about, pattern }: Rule, match: '~' | '~*', seconds: number): readonly string[] {
  const lines = [`expires ${seconds / 86_400}d;`, `try_files $uri ${DRUPAL};`];
  return [`# ${about}`, ...block(`location ${match} "${pattern}"`, lines).split('\n')];
}
