import { ASSET_SECONDS, drupalRules, GENERATED_SECONDS, type DrupalRules, type Rule } from '../drupal/drupal-rules.js';
import { path, unixSocket } from '../syntax.js';
import type { DrupalApplication } from '../vhost-spec.js';
import { section } from './layout.js';
import { PHP_WORKER } from './render-fastcgi.js';
import { environmentInclude } from './render-environment.js';

const DRUPAL = '/index.php';
/** Where the file would be, below the docroot: a variable of the request, which PHP does not get. */
const FILE = 'hler_file';

/**
 * The rules of Drupal for mod_rewrite: the first that fits decides, in the order of `DrupalRules`. No substitution holds a part of the path: mod_rewrite
 * would look for a query in it (`%3F`, CVE-2024-38474), so `/files/` is an alias and not a rewriting. Each path goes to Drupal,
 * or to a file that is known to be there and to be allowed, so nothing is left to `DirectoryIndex` or to PATH_INFO.
 */
export function drupalLines(application: DrupalApplication, uri: string): readonly string[] {
  const rules = drupalRules(application);
  const { short, long } = rules.shortFiles;
  const entryPoints = `^(?:${rules.entryPoints.map(literally).join('|')})$`;
  const toDrupal = `RewriteRule ^ ${DRUPAL} [E=!${FILE},PT,L]`;
  return [
    'Include fastcgi.conf',
    environmentInclude(uri),
    `Alias "${short}" "${path(application.root)}${long}"`,
    section(`LocationMatch "${entryPoints}"`, [
      `SetHandler "proxy:unix:${unixSocket(application.phpSocket)}|${PHP_WORKER}"`,
    ]),
    '',
    `RewriteRule "${entryPoints}" - [L]`,
    ...rules.own.flatMap(ownLines),
    '',
    ...rules.forbidden.flatMap(({ about, pattern }) => [`# ${about}`, `RewriteRule "${pattern}" - [NC,R=404,L]`]),
    '',
    '# What is no file is answered by Drupal.',
    `RewriteRule ^ - [E=${FILE}:%{REQUEST_URI}]`,
    `RewriteRule "^${short}" - [E=${FILE}:${long.slice(0, -short.length)}%{REQUEST_URI}]`,
    `RewriteCond "%{DOCUMENT_ROOT}%{ENV:${FILE}}" !-f [OR]`,
    `RewriteCond "%{DOCUMENT_ROOT}%{ENV:${FILE}}" !-F`,
    toDrupal,
    ...served(rules.generated, `E=hler_keep:${GENERATED_SECONDS}`),
    ...served(rules.uploaded, `E=hler_keep:${ASSET_SECONDS}`),
    ...served(rules.assets, `NC,E=hler_keep:${ASSET_SECONDS}`),
    '# So is any other file.',
    toDrupal,
  ];
}

function ownLines({ path, to, otherwise }: DrupalRules['own'][number]): readonly string[] {
  const pattern = `"^${literally(path)}$"`;
  return [
    ...isFile(to),
    `RewriteRule ${pattern} ${to} [PT,L]`,
    ...isFile(path),
    `RewriteRule ${pattern} - [L]`,
    otherwise === 'DRUPAL' ? `RewriteRule ${pattern} ${DRUPAL} [PT,L]` : `RewriteRule ${pattern} - [R=404,L]`,
  ];
}

const served = ({ about, pattern }: Rule, flags: string): readonly string[] => [
  `# ${about}`,
  `RewriteRule "${pattern}" - [${flags},L]`,
];

/**
 * Whether there is such a file below the docroot, and then whether it would be served: `-f` follows a symbolic link to another
 * owner's file, `-F` asks as a request would, and a refusal of that kind is to be a 404 or Drupal's answer, not a 403.
 */
function isFile(file: string): readonly string[] {
  return ['-f', '-F'].map((test) => `RewriteCond "%{DOCUMENT_ROOT}${file}" ${test}`);
}

const literally = (text: string): string => text.replaceAll('.', String.raw`\.`);
