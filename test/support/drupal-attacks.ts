const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Every way that we know to ask for what is not to be had. */
export function attacks(uri: string): readonly string[] {
  const site = `/sites/${uri}`;
  const sources = words('module inc install services.yml html.twig tpl.php orig');
  const hidden = words(`
    /.htaccess /.git/config /.env /web.config /CHANGELOG.txt /composer.json /composer.lock
    /dump.sql /dump.sql.gz /backup.zip /settings.php.bak /index.php~ /index.php.swp
    /vendor/autoload.php /vendor/x/x.js /.well-known/evil.php /files/evil.php /cron.php /install.php
    /update.php /authorize.php /xmlrpc.php /core/install.php /core/rebuild.php /core/authorize.php
    ${sources.map((end) => `/misc/x.${end} /core/misc/x.${end}`).join(' ')}
    /includes/bootstrap.inc /core/lib/Drupal.php /sites/default/settings.php /sites/other/settings.php
    /sites/other/files/secret.png /sites/other/private/secret.png ${site}/settings.php ${site}/notes
    ${site}/settings.php.old ${site}/services.yml ${site}/private/secret.txt ${site}/private/secret.png
    ${site}/files/.htaccess ${site}/files/evil.php ${site}/files/evil.php.txt ${site}/files/evil.phtml
    ${site}/files/backup_migrate/dump.gz ${site}/files/php/twig/x.js
    ${site}/files/config_aB1/sync/system.site.yml ${site}/files/config_aB1/secret.png`);
  return [
    ...hidden.flatMap((path) => [path, ...disguises(path)]),
    `${site}/files/../private/secret.png`,
    `${site}/files/%2e%2e/private/secret.png`,
    `${site}/files/..%2fprivate/secret.png`,
    `${site}/files/styles/..%2F..%2F..%2F..%2Fother/files/secret.png`,
    `/files/../../other/files/secret.png`,
    `/files/%2e%2e/%2e%2e/other/files/secret.png`,
    `/files/..%2f..%2fother%2ffiles%2fsecret.png`,
    '/%2e%2e/%2e%2e/etc/passwd',
    '/../../etc/passwd',
    '/..%5c..%5cetc/passwd',
    `${site}/files/evil.png/index.php`,
    `${site}/files/evil.png/x.php`,
    `${site}/files/evil.png%00.php`,
    '/index.php%00.png',
    `/sites/all/../other/files/secret.png`,
    `/sites/all/%2e%2e/other/files/secret.png`,
    `/sites/ALL/../other/files/secret.png`,
  ];
}

function disguises(path: string): readonly string[] {
  const encoded = path.replaceAll(/[^/]/g, (each) => `%${each.charCodeAt(0).toString(16)}`);
  return [
    encoded,
    path.toUpperCase(),
    `/${path}`,
    path.replaceAll('/', '//'),
    path.replaceAll('/', '/./'),
    `${path}/`,
    `${path}/x.png`,
    `${path}/index.php`,
    `${path}%20`,
    `${path}%0a`,
    `${path}.`,
    `${path};.png`,
    `${path}%3f.png`,
    `${path}%23.css`,
    `${path}?x.png`,
    `/index.php/..${path}`,
    `/x.png/..${path}`,
  ];
}
