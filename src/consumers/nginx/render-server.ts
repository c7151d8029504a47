import { isAdopted } from '../adoption.js';
import type { ConfigFile } from '../consumer.js';
import type { HttpServerSpec } from '../http-server-spec.js';
import { MIME_TYPES } from '../mime-types.js';
import { DEFAULT_SERVER_NAME, PROBE_PATH } from '../probe.js';
import { ENTRY_FILE, PER_SERVER_FILE, renderEntry, renderTrialMain } from './adoption.js';
import { hasHttp2Directive, listenLines } from './dialect.js';
import { probeLines } from './digest.js';
import { block, errorLog, INCLUDED_DIRECTORIES, indented, MAIN_FILE, NOT_FOUND, pidFile } from './layout.js';
import { renderAcme } from './render-acme.js';
import { renderFastcgi } from './render-fastcgi.js';
import { frontLines } from './render-front.js';
import { renderTls } from './render-tls.js';
import { renderUnavailablePage } from '../render-unavailable-page.js';
import { HEADER, serverFiles } from '../server-files.js';
import { account, path } from '../syntax.js';

/** The files of the server as a whole. Those that others stand on come first; `default.conf` carries the digest of all. */
export function renderServer(server: HttpServerSpec): readonly ConfigFile[] {
  const contents: readonly (readonly [string, string])[] = [
    ['mime.conf', HEADER + renderMimeTypes()],
    ['tls.conf', HEADER + renderTls(server)],
    ['acme.conf', HEADER + renderAcme(server)],
    ['fastcgi.conf', HEADER + renderFastcgi(server)],
    ['disabled.html', renderUnavailablePage()],
    ...(isAdopted(server)
      ? ([
          [PER_SERVER_FILE, HEADER + renderPerServer(server)],
          [ENTRY_FILE, HEADER + renderEntry(server, mapLines())],
        ] as const)
      : ([[MAIN_FILE, HEADER + renderMain(server)]] as const)),
  ];
  const files = serverFiles(contents, renderDefault(server));
  return isAdopted(server) ? [...files, renderTrialMain(server)] : files;
}

function renderMimeTypes(): string {
  const lines = Object.entries(MIME_TYPES).map(([type, extensions]) => `${type} ${extensions};`);
  return `${block('types', lines)}\n`;
}

function renderMain(server: HttpServerSpec): string {
  const dedicated = server.workerUser !== null;
  const lines = [
    ...(dedicated ? [`user ${account(server.workerUser)};`, 'worker_rlimit_nofile 16384;'] : []),
    'worker_processes auto;',
    'daemon on;',
    `pid "${pidFile(server)}";`,
    `error_log "${errorLog(server)}" warn;`,
    '',
    // Without root the limit of open files stays what the system gives (1,024 as a rule).
    block('events', [`worker_connections ${dedicated ? 4096 : 768};`]),
    '',
    block('http', httpLines(server)),
  ];
  return `${lines.join('\n')}\n`;
}

function httpLines(server: HttpServerSpec): readonly string[] {
  const run = path(server.paths.run);
  return [
    'include mime.conf;',
    'default_type application/octet-stream;',
    'server_tokens off;',
    'sendfile on;',
    'tcp_nopush on;',
    'absolute_redirect off;',
    ...(hasHttp2Directive(server) ? ['http2 on;'] : []),
    '',
    ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) => `${kind}_temp_path "${run}/nginx-temp/${kind}";`,
    ),
    '',
    `log_format hler '$host $remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';`,
    `access_log "${path(server.paths.log)}/nginx-access.log" hler buffer=32k flush=5s;`,
    '',
    '# A name has up to 253 characters and must fit into one bucket; the table holds 100,000 names.',
    'server_names_hash_bucket_size 512;',
    'server_names_hash_max_size 32768;',
    '',
    ...mapLines(),
    '',
    ...frontLines(server),
    '# Here, so that a site can have other values in extra.d. PHP has limits of its own.',
    ...limitLines(),
    '',
    'include tls.conf;',
    'include default.conf;',
    ...INCLUDED_DIRECTORIES.map((directory) => `include ${directory}/*.conf;`),
  ];
}

function mapLines(): readonly string[] {
  return [
    '# 1 when the client is this machine itself.',
    'map "$remote_addr|$server_addr" $hler_asks_itself {',
    ...indented(['default 0;', String.raw`"~^127\." 1;`, String.raw`"~^::1\|" 1;`, String.raw`"~^([^|]+)\|\1$" 1;`]),
    '}',
    '',
    '# The port as the client wrote it: behind a front, or a mapping of ports, it is none of ours.',
    'map $http_host $hler_host_port {',
    ...indented(['default "";', '"~(?<hler_port>:[0-9]+)$" $hler_port;']),
    '}',
  ];
}

function limitLines(): readonly string[] {
  return [
    'client_max_body_size 100m;',
    'fastcgi_connect_timeout 10s;',
    'fastcgi_send_timeout 180s;',
    'fastcgi_read_timeout 180s;',
    '# Cache tags make headers of many kilobytes.',
    'fastcgi_buffer_size 32k;',
    'fastcgi_buffers 32 16k;',
    'fastcgi_busy_buffers_size 64k;',
  ];
}

/** The settings of an own server's `http { … }`, where others on the machine have theirs. */
function renderPerServer(server: HttpServerSpec): string {
  const lines = [
    'include mime.conf;',
    'default_type application/octet-stream;',
    'server_tokens off;',
    'absolute_redirect off;',
    ...(hasHttp2Directive(server) ? ['http2 on;'] : []),
    ...limitLines(),
    'include tls.conf;',
  ];
  return `${lines.join('\n')}\n`;
}

/** Names that nobody has: 404 with nothing in it over HTTP, and no handshake, hence no certificate of a site, over HTTPS. */
function renderDefault(server: HttpServerSpec): string {
  // On the machine's own server, strangers are its administrator's affair.
  const [suffix, name] = isAdopted(server) ? ['', DEFAULT_SERVER_NAME] : [' default_server', '_'];
  const http = block('server', [
    ...listenLines(server, 'http', suffix),
    `server_name ${name};`,
    'access_log off;',
    'include acme.conf;',
    ...probeLines(PROBE_PATH),
    `location / { ${NOT_FOUND.join(' ')} }`,
  ]);
  const https = block('server', [
    ...listenLines(server, 'https', suffix),
    `server_name ${name};`,
    ...(isAdopted(server) ? ['include tls.conf;'] : []),
    'ssl_reject_handshake on;',
  ]);
  return server.behindFront === undefined ? `${http}\n\n${https}\n` : `${http}\n`;
}
