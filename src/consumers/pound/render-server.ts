import type { ConfigFile } from '../consumer.js';
import type { HttpServerSpec } from '../http-server-spec.js';
import { DEFAULT_SERVER_NAME } from '../probe.js';
import { renderUnavailablePage } from '../render-unavailable-page.js';
import { HEADER, serverFiles } from '../server-files.js';
import { account } from '../syntax.js';
import type { Scheme } from '../virtual-servers.js';
import { listenerAddresses, ownNetworks } from './dialect.js';
import { probeService, SELF } from './digest.js';
import { hostLines } from './hosts.js';
import { include, LIBRARY_FILE, MAIN_FILE, pidFile, section } from './layout.js';
import { renderEntry } from './render-entry.js';
import { renderLibrarySettings, renderTls } from './render-tls.js';

/** The files of the server as a whole. Those that others stand on come first; `default.conf` carries the digest of all. */
export function renderServer(server: HttpServerSpec): readonly ConfigFile[] {
  const contents: readonly (readonly [string, string])[] = [
    ['tls.conf', HEADER + renderTls()],
    [LIBRARY_FILE, HEADER + renderLibrarySettings()],
    ['entry.conf', HEADER + renderEntry(server)],
    ['notfound.txt', 'Not found\n'],
    ['probe.txt', 'The digest is in the header.\n'],
    ['disabled.html', renderUnavailablePage()],
    [MAIN_FILE, HEADER + renderMain(server)],
  ];
  return serverFiles(contents, renderDefault());
}

function renderMain(server: HttpServerSpec): string {
  const lines = [
    'Daemon 1',
    // A supervisor would hold the ports until the last request is answered, and keep a successor from them.
    'Supervisor 0',
    ...(server.workerUser === null
      ? []
      : [`User "${account(server.workerUser)}"`, `Group "${account(server.workerUser)}"`]),
    `PIDFile "${pidFile(server)}"`,
    '# Requests are logged by the web servers behind, with the address of the client. Errors go to syslog.',
    'LogLevel 0',
    'Grace 30',
    'Client 30',
    'TimeOut 180',
    'Alive 5',
    'HeaderOption forwarded no-ssl',
    section('CombineHeaders', ['"X-Forwarded-For"']),
    section(
      `ACL "${SELF}"`,
      ownNetworks(server).map((network) => `"${network}"`),
    ),
    include('pre.conf'),
    ...listeners(server, 'http', []),
    ...listeners(server, 'https', [include('certificates.conf'), include('tls.conf')]),
    include('post.conf'),
    include('default.conf'),
  ];
  return `${lines.join('\n')}\n`;
}

function listeners(server: HttpServerSpec, scheme: Scheme, tls: readonly string[]): readonly string[] {
  return listenerAddresses(server, scheme).map((address) =>
    section(scheme === 'http' ? 'ListenHTTP' : 'ListenHTTPS', [
      ...address,
      ...tls,
      include('entry.conf'),
      `SetHeader "X-Forwarded-Proto: ${scheme}"`,
      include(`${scheme}.conf`),
    ]),
  );
}

/** After all sites, and what the administrator adds to them: names that nobody has. */
function renderDefault(): string {
  const nothing = section('Service', [
    section('Rewrite response', ['SetHeader "Content-Type: text/plain"']),
    'Error 404 "notfound.txt"',
  ]);
  return `${probeService(hostLines([DEFAULT_SERVER_NAME]))}\n\n${nothing}\n`;
}
