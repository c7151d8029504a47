import type { WebServerName } from '../../src/consumers/index.js';

/** What the specs of Drupal have to say in each server's own words. */
interface DrupalDialect {
  /** What an administrator adds to a site: 1,000 bytes at most, update.php for this machine, 410 for `.inc`. As docs/consumers.md has it. */
  readonly extra: (uri: string, phpSocket: string) => string;
  /** What an administrator adds to a site: 204 to `/hello`. */
  readonly hello: string;
  /** Bytes that a single header of an answer may have. */
  readonly longestHeader: number;
  /** The status when nothing listens on the socket of PHP. */
  readonly withoutPhp: number;
  /** The status for a request whose body has no length yet. */
  readonly bodyOfUnknownLength: number;
  /** What becomes of `Host: evil.test:99` when the request target is absolute: its port is the client's word in either place. */
  readonly portOfAbsoluteTarget: string;
}

const nginx: DrupalDialect = {
  extra: (uri, phpSocket) => `
client_max_body_size 1000;
location ~ "^/update\\.php(/|$)" {
    allow 127.0.0.1;
    deny all;
    fastcgi_split_path_info ^(/update\\.php)(/.*)$;
    fastcgi_param PATH_INFO $fastcgi_path_info;
    include fastcgi.conf;
    include environment.d/${uri}[.]conf;
    fastcgi_pass "unix:${phpSocket}";
}
location ~ \\.inc$ { return 410; }
`,
  hello: 'location = /hello { return 204; }\n',
  longestHeader: 14_000,
  withoutPhp: 502,
  bodyOfUnknownLength: 200,
  portOfAbsoluteTarget: ':99',
};

const apache: DrupalDialect = {
  extra: (_uri, phpSocket) => `
RewriteRule ^ - [E=hler_longest_body:1000]
RewriteCond expr "-R '127.0.0.1'"
RewriteRule "^/update\\.php(?:/|$)" - [L]
<LocationMatch "^/update\\.php(?:/|$)">
    SetHandler "proxy:unix:${phpSocket}|fcgi://hler.invalid"
</LocationMatch>
RewriteRule "\\.inc$" - [R=410,L]
`,
  hello: 'RewriteRule "^/hello$" - [R=204,L]\n',
  // A buffer of 8,192 bytes that no directive changes.
  longestHeader: 8_000,
  withoutPhp: 503,
  bodyOfUnknownLength: 411,
  portOfAbsoluteTarget: '',
};

export const DRUPAL_DIALECTS: { readonly [name in WebServerName]: DrupalDialect } = { nginx, apache };
