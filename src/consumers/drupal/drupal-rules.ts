import { DomainError } from '../../shared/domain-error.js';
import { parseHostname } from '../../shared/hostname.js';
import type { DrupalApplication } from '../vhost-spec.js';
import type { DrupalMajor } from './drupal-major.js';

/**
 * What a Drupal site answers, the same for every consumer. Patterns are of the language that PCRE and JavaScript share, and
 * are matched, in this order, against the decoded and normalised path, which begins with `/`.
 */
export interface DrupalRules {
  /** The only files that PHP runs; exact paths. Whatever else may hold PHP is `forbidden`. */
  readonly entryPoints: readonly string[];
  /** Answered 404, whether there is such a file or not. To be matched whatever the case. */
  readonly forbidden: readonly Rule[];
  /** Served from `to` when there is such a file, else from the docroot: what a site has of its own although the code is shared. */
  readonly own: readonly { readonly path: string; readonly to: string; readonly otherwise: 'DRUPAL' | 'NOT_FOUND' }[];
  /** Served when there, else Drupal answers: it makes them. Named after what is in them, so they may be kept for a year. */
  readonly generated: Rule;
  /** What editors upload: served when there, else Drupal answers. */
  readonly uploaded: Rule;
  /** Parts of pages in the code base: served when there, else Drupal answers. To be matched whatever the case. */
  readonly assets: Rule;
  /** `/files/…` is another way to write `/sites/<uri>/files/…` (Ægir; content of old sites links to it). All patterns know both. */
  readonly shortFiles: { readonly short: string; readonly long: string };
  // Everything else is Drupal's to answer, from `/index.php`: also what would be a file, so that nothing of the code
  // base is published but what is known to be harmless.
}

export interface Rule {
  readonly about: string;
  readonly pattern: string;
}

/** 14 days, as the `.htaccess` of Drupal has it: an upload may be replaced under the same name. */
export const ASSET_SECONDS = 14 * 86_400;
export const GENERATED_SECONDS = 365 * 86_400;

const SOURCE =
  'engine|inc|info|install|make|module|profile|test|po|sh|bash|theme|twig|tpl|xtmpl|ya?ml|lock|dist|neon|patch|rej|ini|log|env|pem';
const DUMP = 'sql|sqlite|mysql|pgsql|dump';
const LEFTOVER = 'bak|backup|orig|old|save|sw[m-p]|tmp';
const PACKAGES = 'composer|package|package-lock|npm-shrinkwrap|bower|tsconfig';

const FORBIDDEN: readonly Rule[] = [
  { about: 'Dot-files, but for .well-known.', pattern: String.raw`/\.(?!well-known(?:/|$))` },
  {
    about: 'PHP that is not an entry point, under whatever name, and paths below it.',
    pattern: String.raw`\.(?:php[0-9]?|phtml|phps|phar|pht)(?:[./~]|$)`,
  },
  {
    about: 'Source, dumps, and what editors and people leave behind.',
    pattern: String.raw`(?:\.(?:${SOURCE}|(?:${DUMP})(?:\.[a-z0-9]+)?|${LEFTOVER})|~|#)$`,
  },
  {
    about: 'What tells how the code base was put together.',
    pattern: String.raw`/(?:(?:${PACKAGES})\.json|web\.config)$`,
  },
  { about: 'Libraries of PHP and of build tools.', pattern: '^/(?:core/)?(?:vendor|node_modules)(?:/|$)' },
  {
    about: 'Private files, configuration and backups of any site.',
    pattern:
      '^/(?:sites/[^/]+/private|(?:sites/[^/]+/)?files/(?:private|php|tmp|config_[^/]*|backup_migrate|civicrm/(?:ConfigAndLog|custom|upload|templates_c)))(?:/|$)',
  },
];

const ASSET_EXTENSIONS = [
  'css|js|mjs|map|json|xsl|html?|htc|wasm|webmanifest|vtt|pdf',
  'png|jpe?g|gif|svgz?|webp|avif|ico|cur|bmp',
  'woff2?|ttf|otf|eot',
  'mp3|mp4|m4a|m4v|og[gav]|opus|wav|webm|mov',
].join('|');
const ROOT_TEXTS = 'ads|app-ads|humans|llms|security';

/** @throws DomainError INPUT_INVALID, HOSTNAME_INVALID for a site directory that could carry syntax */
export function drupalRules({ siteDirectory, version }: DrupalApplication): DrupalRules {
  const site = `sites/${siteName(siteDirectory)}`;
  const own = site.replaceAll('.', String.raw`\.`);
  const ownName = own.slice('sites/'.length);
  return {
    entryPoints: ['/index.php', ...counter(version)],
    forbidden: FORBIDDEN,
    own: [
      { path: '/robots.txt', to: `/${site}/files/robots.txt`, otherwise: 'DRUPAL' },
      { path: '/favicon.ico', to: `/${site}/files/favicon.ico`, otherwise: 'NOT_FOUND' },
    ],
    generated: {
      about: 'Image styles and aggregates.',
      pattern: `^/(?:${own}/)?files/(?:styles|imagecache|css|js|advagg_css|advagg_js)/`,
    },
    uploaded: { about: 'Files of this site.', pattern: `^/(?:${own}/)?files/` },
    assets: {
      about: 'Parts of pages, not of other sites.',
      pattern: String.raw`^/(?:(?!sites/(?!(?:all|${ownName})/)).+\.(?:${ASSET_EXTENSIONS})|(?:${ROOT_TEXTS})\.txt|\.well-known/.+)$`,
    },
    shortFiles: { short: '/files/', long: `/${site}/files/` },
  };
}

/** The counter of the module `statistics`, which pages call from browsers; it left the core with Drupal 11. */
function counter(version: DrupalMajor): readonly string[] {
  const path = '/modules/statistics/statistics.php';
  return version === 7 ? [path] : version < 11 ? [`/core${path}`] : [];
}

function siteName(siteDirectory: string): string {
  const name = /^sites\/([^/]+)$/.exec(siteDirectory)?.[1];
  if (name === undefined) {
    throw new DomainError('INPUT_INVALID', 'The directory of a Drupal site is sites/<main name>.', {
      details: { field: 'siteDirectory' },
    });
  }
  return parseHostname(name);
}
