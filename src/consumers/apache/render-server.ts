import { isAdopted } from '../adoption.js';
import { FILE_MODE } from '../config-files.js';
import type { ConfigFile } from '../consumer.js';
import { sealDigest } from '../digest.js';
import type { HttpServerSpec } from '../http-server-spec.js';
import { MIME_TYPES } from '../mime-types.js';
import { DEFAULT_SERVER_NAME } from '../probe.js';
import { renderUnavailablePage } from '../render-unavailable-page.js';
import { ENTRY_FILE, PER_SERVER_FILE, renderEntry, renderPerServer } from './adoption.js';
import { virtualHost } from './dialect.js';
import { PROBE_LINES } from './digest.js';
import { MAIN_FILE, section } from './layout.js';
import { certificateLines, placeholder } from './placeholder.js';
import { renderAcme } from './render-acme.js';
import { renderMain } from './render-main.js';
import { renderTls } from './render-tls.js';

const HEADER =
  '# Written by Hlér; changes made here are lost. Yours belong into pre.d/, post.d/ and extra.d/<main name>.conf.\n';

/** The files of the server as a whole. Those that others stand on come first; `default.conf` carries the digest of all. */
export function renderServer(server: HttpServerSpec): readonly ConfigFile[] {
  const contents: readonly (readonly [string, string])[] = [
    ['mime.conf', HEADER + renderMimeTypes()],
    ['tls.conf', HEADER + renderTls(server)],
    ['acme.conf', HEADER + renderAcme(server)],
    ['disabled.html', renderUnavailablePage()],
    ...(isAdopted(server)
      ? ([
          [PER_SERVER_FILE, HEADER + renderPerServer()],
          [ENTRY_FILE, HEADER + renderEntry()],
        ] as const)
      : []),
    [MAIN_FILE, HEADER + renderMain(server)],
  ];
  const others = contents.map(([, content]) => content).join('\0');
  const all = [...contents, ['default.conf', sealDigest(HEADER + renderDefault(server), others)] as const];
  return all.map(([name, content]) => ({ path: name, content, mode: FILE_MODE }));
}

/** In the format of mime.types(5). */
function renderMimeTypes(): string {
  const lines = Object.entries(MIME_TYPES).map(([type, extensions]) => `${type} ${extensions}`);
  return `${lines.join('\n')}\n`;
}

/**
 * Names that nobody has: 404 with nothing in it over HTTP. Over HTTPS no handshake can succeed, hence no certificate is
 * shown: this virtual host offers one cipher only, with keys that both sides would have to have been given, and gives none.
 */
function renderDefault(server: HttpServerSpec): string {
  const http = section(virtualHost(server, 'http'), [
    `ServerName ${DEFAULT_SERVER_NAME}`,
    'Include acme.conf',
    ...PROBE_LINES,
    'ErrorDocument 404 "Not found"',
    'RewriteRule ^ - [R=404,L]',
  ]);
  const https = section(virtualHost(server, 'https'), [
    `ServerName ${DEFAULT_SERVER_NAME}`,
    ...certificateLines(placeholder(server)),
    'SSLProtocol -all +TLSv1.2',
    'SSLCipherSuite SSL PSK-AES128-GCM-SHA256',
  ]);
  return `${http}\n\n${https}\n`;
}
