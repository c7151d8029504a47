import { isAdopted } from '../adoption.js';
import type { ConfigFile } from '../consumer.js';
import type { HttpServerSpec } from '../http-server-spec.js';
import { MIME_TYPES } from '../mime-types.js';
import { DEFAULT_SERVER_NAME } from '../probe.js';
import { renderUnavailablePage } from '../render-unavailable-page.js';
import { HEADER, serverFiles } from '../server-files.js';
import { ENTRY_FILE, PER_SERVER_FILE, renderEntry, renderPerServer } from './adoption.js';
import { virtualHost } from './dialect.js';
import { PROBE_LINES } from './digest.js';
import { MAIN_FILE, section } from './layout.js';
import { renderAcme } from './render-acme.js';
import { renderFastcgi } from './render-fastcgi.js';
import { renderMain } from './render-main.js';
import { strangerLines } from './render-stranger.js';
import { renderTls } from './render-tls.js';

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
          [PER_SERVER_FILE, HEADER + renderPerServer()],
          [ENTRY_FILE, HEADER + renderEntry()],
        ] as const)
      : []),
    [MAIN_FILE, HEADER + renderMain(server)],
  ];
  return serverFiles(contents, renderDefault(server));
}

/** In the format of mime.types(5). */
function renderMimeTypes(): string {
  const lines = Object.entries(MIME_TYPES).map(([type, extensions]) => `${type} ${extensions}`);
  return `${lines.join('\n')}\n`;
}

/** Names that nobody has. The first virtual host answers for them. */
function renderDefault(server: HttpServerSpec): string {
  const schemes = server.behindFront === undefined ? (['http', 'https'] as const) : (['http'] as const);
  const hosts = schemes.map((scheme) =>
    section(virtualHost(server, scheme), [
      `ServerName ${DEFAULT_SERVER_NAME}`,
      ...(scheme === 'http' ? ['RewriteEngine on', ...PROBE_LINES] : []),
      ...strangerLines(scheme, server),
    ]),
  );
  return `${hosts.join('\n\n')}\n`;
}
