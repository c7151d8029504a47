import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Stands in everything that must never be sent; a PHP file that is run where it must not be says EXECUTED. */
export const SECRET = 'SECRET-OF-THE-CODE-BASE';
export const EXECUTED = 'EXECUTED-WHAT-MUST-NOT-RUN';

/** A front controller that tells what the web server has told it. */
const INDEX = `<?php
header('X-Powered-By: PHP');
if (isset($_GET['hsts'])) { header('Strict-Transport-Security: max-age=1; preload'); }
header('X-Content-Type-Options: nosniff');
header('X-Drupal-Cache-Tags: ' . str_repeat('node:1 ', (int) ($_GET['tags'] ?? 1)));
if (isset($_GET['slowly'])) { header('X-Accel-Buffering: no'); echo 'the beginning'; flush(); usleep(300000); }
echo json_encode(['pool' => getenv('POOL'), 'post' => file_get_contents('php://input'), 'server' => $_SERVER], JSON_UNESCAPED_SLASHES);
`;
const EVIL = `<?php echo '${EXECUTED.slice(0, 8)}' . '${EXECUTED.slice(8)}'; // ${SECRET}\n`;

export interface DrupalTree {
  /** As `VERSION` says it. */
  readonly version: string;
  /** Where its docroot is, below the code base. */
  readonly layout?: '' | 'web' | 'docroot';
  readonly sites?: readonly string[];
}

/** A code base of Drupal's shape, written by us: no line of it is Drupal's. Gives the docroot. */
export async function makeDrupalTree(path: string, { version, layout = '', sites = [] }: DrupalTree): Promise<string> {
  const docroot = join(path, layout);
  const major = Number.parseInt(version, 10);
  const core = major === 7 ? '' : 'core/';
  const files: Record<string, string> = {
    'index.php': INDEX,
    ...versionFile(version),
    'robots.txt': 'robots of the code base',
    'favicon.ico': 'icon of the code base',
    '.htaccess': SECRET,
    '.git/config': SECRET,
    '.env': SECRET,
    'web.config': SECRET,
    'CHANGELOG.txt': SECRET,
    'composer.json': SECRET,
    'composer.lock': SECRET,
    'dump.sql': SECRET,
    'dump.sql.gz': SECRET,
    'backup.zip': SECRET,
    'settings.php.bak': SECRET,
    'index.php~': SECRET,
    'index.php.swp': SECRET,
    'vendor/autoload.php': EVIL,
    'vendor/x/x.js': SECRET,
    '.well-known/security.txt': 'Contact: us',
    '.well-known/evil.php': EVIL,
    'update.php': EVIL,
    'cron.php': EVIL,
    'install.php': EVIL,
    'authorize.php': EVIL,
    'xmlrpc.php': EVIL,
    'core/install.php': EVIL,
    'core/rebuild.php': EVIL,
    'core/authorize.php': EVIL,
    'files/evil.php': EVIL,
    [`${core}misc/drupal.js`]: 'script of the core',
    [`${core}misc/x.module`]: SECRET,
    [`${core}misc/x.inc`]: SECRET,
    [`${core}misc/x.install`]: SECRET,
    [`${core}misc/x.services.yml`]: SECRET,
    [`${core}misc/x.html.twig`]: SECRET,
    [`${core}misc/x.tpl.php`]: EVIL,
    [`${core}misc/x.orig`]: SECRET,
    [`${core}modules/statistics/statistics.php`]: '<?php echo "counted";',
    'sites/default/settings.php': EVIL,
    'sites/all/themes/x.css': 'style of all',
    'sites/other/settings.php': EVIL,
    'sites/other/files/secret.png': SECRET,
    'sites/other/private/secret.png': SECRET,
    ...Object.fromEntries(sites.flatMap((uri) => siteFiles(uri))),
  };
  await Promise.all(Object.entries(files).map(([name, content]) => put(join(docroot, name), content)));
  return docroot;
}

function versionFile(version: string): Record<string, string> {
  return version.startsWith('7.')
    ? { 'includes/bootstrap.inc': `<?php\n\n/**\n * @file\n */\n\ndefine('VERSION', '${version}');\n` }
    : { 'core/lib/Drupal.php': `<?php\n\nclass Drupal {\n\n  const VERSION = '${version}';\n\n  // ${SECRET}\n}\n` };
}

function siteFiles(uri: string): readonly (readonly [string, string])[] {
  const site = `sites/${uri}`;
  return [
    [`${site}/settings.php`, EVIL],
    [`${site}/settings.php.old`, SECRET],
    [`${site}/services.yml`, SECRET],
    [`${site}/notes`, SECRET],
    [`${site}/private/secret.txt`, SECRET],
    [`${site}/private/secret.png`, SECRET],
    [`${site}/themes/own.css`, 'style of the site'],
    [`${site}/files/.htaccess`, SECRET],
    [`${site}/files/evil.php`, EVIL],
    [`${site}/files/evil.php.txt`, EVIL],
    [`${site}/files/evil.phtml`, EVIL],
    [`${site}/files/evil.png`, EVIL.replace(SECRET, 'a picture')],
    [`${site}/files/a picture?.png`, 'a picture'],
    [`${site}/files/config_aB1/sync/system.site.yml`, SECRET],
    [`${site}/files/config_aB1/secret.png`, SECRET],
    [`${site}/files/backup_migrate/dump.gz`, SECRET],
    [`${site}/files/php/twig/x.js`, SECRET],
    [`${site}/files/robots.txt`, `robots of ${uri}`],
    [`${site}/files/styles/thumb/public/made.png`, 'made'],
    [`${site}/files/css/css_made.css`, 'made'],
  ];
}

async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
