import { describe, expect, it } from 'vitest';
import { aDrupalSite } from '../a-vhost.fixture.js';
import type { DrupalApplication } from '../vhost-spec.js';
import { drupalMajor, type DrupalMajor } from './drupal-major.js';
import { drupalRules } from './drupal-rules.js';

function rulesOf(version: DrupalMajor) {
  return drupalRules(aDrupalSite({ version }).application as DrupalApplication);
}

/** As a consumer decides. */
function answerOf(path: string, version: DrupalMajor = 10): string {
  const { entryPoints, forbidden, own, generated, uploaded, assets } = rulesOf(version);
  if (entryPoints.includes(path)) {
    return 'PHP';
  }
  if (own.some((file) => file.path === path)) {
    return 'OWN';
  }
  if (forbidden.some(({ pattern }) => new RegExp(pattern, 'i').test(path))) {
    return 'FORBIDDEN';
  }
  if (new RegExp(generated.pattern).test(path)) {
    return 'GENERATED';
  }
  return new RegExp(uploaded.pattern).test(path) || new RegExp(assets.pattern, 'i').test(path) ? 'FILE' : 'DRUPAL';
}

const files = '/sites/example.org/files';
const bothSpellings = (paths: readonly string[]) => [
  ...paths,
  ...paths.map((path) => path.replace(`${files}/`, '/files/')),
];
const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const expected: { readonly [answer: string]: readonly string[] } = {
  PHP: ['/index.php', '/core/modules/statistics/statistics.php'],
  OWN: ['/robots.txt', '/favicon.ico'],
  FORBIDDEN: words(`
    /update.php /install.php /core/install.php /core/rebuild.php /core/authorize.php /cron.php /xmlrpc.php
    /INDEX.PHP /index.php/node/1 /index.php~ /index.php.bak /a.phtml /a.phar/x
    ${files}/evil.php ${files}/evil.pHp5 ${files}/evil.php.txt ${files}/evil.php/x.png
    /.git/config /.env /a/.htaccess ${files}/.htaccess /.well-known-not/x
    /composer.json /core/package.json /a/b/COMPOSER.LOCK /web.config /vendor/autoload.js
    /modules/node/node.module /includes/common.inc /a.install /core/core.services.yml /x.html.twig
    /dump.sql /dump.sql.gz ${files}/db.mysql.zst ${files}/a.bak ${files}/a.orig /a.js.swp /a.css~
    /sites/example.org/private /sites/example.org/private/secret.txt /sites/other/PRIVATE/a.css
    ${files}/config_a1B2/sync.txt ${files}/backup_migrate/a.txt ${files}/civicrm/upload/a.png ${files}/php/a.js
    /core/vendor/a.js /node_modules/a.js /VENDOR/a.js`),
  GENERATED: words(`${files}/styles/thumb/public/a.jpg ${files}/css/css_x.css ${files}/js/js_x.js`),
  FILE: [
    `${files}/a b.docx`,
    ...words(`
      ${files}/a.pdf ${files}/evil.php_.txt ${files}/keynote.key ${files}/film.swf ${files}/styles
      /core/misc/drupal.js /core/assets/vendor/jquery/jquery.min.js /themes/x/A.PNG /sites/all/themes/x.css
      /sites/example.org/themes/x/x.css /ads.txt /.well-known/security.txt /google123.html`),
  ],
  DRUPAL: [
    '/a.css\n',
    ...words(`
      / /node/1 /jsonapi/node /tag /template /sites /sites/berlin /core/ /vendors/x
      /sites/other/files/a.png /sites/default/files/a.css /SITES/other/files/a.css /sites/example.orgs/a.js
      /sites/example-org/files/a.png /CHANGELOG.txt /core/INSTALL.txt /README.md /sites/example.org/notes
      /backup.zip /backup.tar.gz`),
  ],
};

describe('what a Drupal site answers', () => {
  const cases = Object.entries(expected).flatMap(([answer, paths]) =>
    bothSpellings(paths).map((path) => [answer, path] as const),
  );
  it.each(cases)('%s: %j', (answer, path) => {
    expect(answerOf(path)).toBe(answer);
  });

  it('runs nothing but the front controller and the counter of its version', () => {
    expect(rulesOf(7).entryPoints).toEqual(['/index.php', '/modules/statistics/statistics.php']);
    for (const version of [8, 9, 10] as const) {
      expect(rulesOf(version).entryPoints).toEqual(['/index.php', '/core/modules/statistics/statistics.php']);
    }
    expect(rulesOf(11).entryPoints).toEqual(['/index.php']);
  });
});

describe('the major version of Drupal', () => {
  it.each([
    ['7.103', 7],
    ['8.9.20', 8],
    ['10.3.7', 10],
    ['11.0-dev', 11],
    ['6.38', undefined],
    ['12.0.0', undefined],
    ['', undefined],
    ['10', undefined],
  ])('of %j is %j', (version, major) => {
    expect(drupalMajor(version)).toBe(major);
  });
});
