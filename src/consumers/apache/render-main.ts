import { isAdopted } from '../adoption.js';
import type { HttpServerSpec } from '../http-server-spec.js';
import { DEFAULT_SERVER_NAME } from '../probe.js';
import { account, groupId, path } from '../syntax.js';
import { ENTRY_FILE, includedLines } from './adoption.js';
import { CANARY } from './canary.js';
import { listenLines } from './dialect.js';
import { errorLog, pidFile, runtimeDirectory, section } from './layout.js';
import { hasModule, loadModuleLines } from './modules.js';
import { PHP_WORKER_LINES } from './render-fastcgi.js';
import { frontLines } from './render-front.js';

/** All that belongs to a running server alone, so that a canary can be started on a copy of the rest. */
export function renderMain(server: HttpServerSpec): string {
  const run = runtimeDirectory(server);
  const lines = [
    ...loadModuleLines(server),
    '',
    ...accountLines(server),
    section(`IfDefine !${CANARY}`, [
      ...listenLines(server),
      `PidFile "${pidFile(server)}"`,
      `DefaultRuntimeDir "${run}"`,
      `Mutex "file:${run}" default`,
      `ErrorLog "${errorLog(server)}"`,
      `SSLSessionCache "shmcb:${run}/tls-sessions(1048576)"`,
      'LogFormat "%{Host}i %a - %u %t \\"%r\\" %>s %B \\"%{Referer}i\\" \\"%{User-Agent}i\\"" hler',
      `CustomLog "${path(server.paths.log)}/apache-access.log" hler "expr=%{REQUEST_URI} !~ m#^/\\.well-known/hler/#"`,
      'ServerLimit 16',
      'ThreadsPerChild 25',
      'MaxRequestWorkers 300',
      'StartServers 2',
      'MinSpareThreads 25',
      'MaxSpareThreads 150',
    ]),
    section(`IfDefine ${CANARY}`, [
      'SSLSessionCache none',
      'ServerLimit 1',
      'StartServers 1',
      'ThreadsPerChild 1',
      'MaxRequestWorkers 1',
    ]),
    'LogLevel warn',
    '',
    `ServerName ${DEFAULT_SERVER_NAME}`,
    'ServerTokens Prod',
    'ServerSignature Off',
    'TraceEnable Off',
    'UseCanonicalName Off',
    'Timeout 60',
    'KeepAliveTimeout 5',
    'RequestReadTimeout handshake=10 header=20-40,MinRate=500 body=20,MinRate=500',
    'GracefulShutdownTimeout 10',
    ...(hasModule(server, 'http2') ? ['Protocols h2 http/1.1'] : []),
    'TypesConfig mime.conf',
    'DirectoryIndex index.html',
    ...frontLines(server),
    '',
    section('Directory "/"', ['Options FollowSymLinks', 'AllowOverride None', 'Require all denied']),
    '',
    // The machine's own server does not read this file: Hlér has its own part checked, and tried, with it.
    ...(isAdopted(server) ? [`Include ${ENTRY_FILE}`] : ['Include tls.conf', PHP_WORKER_LINES, ...includedLines()]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Only root can change accounts. Without the number of its group, the group of the account's own name is meant. */
export function accountLines(server: HttpServerSpec): readonly string[] {
  if (server.workerUser === null) {
    return [];
  }
  const group = server.machine?.workerGroupId ?? null;
  return [
    `User ${account(server.workerUser)}`,
    `Group ${group === null ? account(server.workerUser) : `#${groupId(group)}`}`,
    '',
  ];
}
