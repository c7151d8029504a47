import { isAdopted } from '../adoption.js';
import type { ConfigFile, ConsumerAdoption } from '../consumer.js';
import type { HttpServerSpec } from '../http-server-spec.js';
import { path } from '../syntax.js';
import { configDirectory, INCLUDED_DIRECTORIES, section } from './layout.js';
import { PHP_WORKER_LINES } from './render-fastcgi.js';

/** Not the program itself: on Debian the main file stands on variables that this script reads for it. */
const PROGRAM = '/usr/sbin/apache2ctl';
const TIMEOUT_MS = 300_000;
export const ENTRY_FILE = 'hler.conf';
/** What own servers have for everything, for each of our virtual hosts: others on the machine keep what they have. */
export const PER_SERVER_FILE = 'settings.conf';

const PID = /^\s*PidFile\s+"?(?<value>\/[^\s"]+)/im;
const ERROR_LOG = /^\s*ErrorLog\s+"?(?<value>\/[^\s"]+)/im;
const USER = /^\s*User\s+(?<value>[a-z_][a-z0-9_-]*)/im;

export const apacheAdoption: ConsumerAdoption = {
  mainFile: '/etc/apache2/apache2.conf',
  place: 'as the last line, or as a file of its own in conf-enabled/',
  entryFile: ENTRY_FILE,
  includedFolders: ['conf-enabled', 'conf.d'],
  listensByItself: false,
  modules: {
    required: ['alias', 'authz_core', 'dir', 'headers', 'mime', 'rewrite', 'ssl'],
    list: (mainFile) => ({ file: PROGRAM, args: ['-f', mainFile, '-M'], timeoutMs: TIMEOUT_MS }),
    read: (output) => [...output.matchAll(/^\s*(\w+)_module \(/gm)].map(([, name = '']) => name),
  },
  includeLine: (directory) => `IncludeOptional ${path(directory)}/hler.conf`,
  check: (mainFile) => ({ file: PROGRAM, args: ['-f', mainFile, '-t'], timeoutMs: TIMEOUT_MS }),
  reload: (mainFile) => ({ file: PROGRAM, args: ['-f', mainFile, '-k', 'graceful'], timeoutMs: TIMEOUT_MS }),
  facts: (text) => ({
    pidFile: PID.exec(text)?.groups?.['value'] ?? '/var/run/apache2/apache2.pid',
    errorLog: ERROR_LOG.exec(text)?.groups?.['value'] ?? '/var/log/apache2/error.log',
    workerUser: USER.exec(text)?.groups?.['value'] ?? 'www-data',
    moduleLines: [],
    directives: [],
  }),
  // No line of ours listens, and the checker of apache does not either.
  asCopied: (content, live, copy) => content.replaceAll(`${live}/`, `${copy}/`),
};

/** Apache resolves a relative path against the root of the server, which is not ours then. */
export function anchored(files: readonly ConfigFile[], server: HttpServerSpec): readonly ConfigFile[] {
  const directory = configDirectory(server);
  return isAdopted(server)
    ? files.map((file) => ({
        ...file,
        content: file.content.replaceAll(/^(\s*Include(?:Optional)? )(?!\/)/gm, `$1${directory}/`),
      }))
    : files;
}

/** What the main file of the machine's server brings in. */
export function renderEntry(): string {
  return `${[section('IfModule proxy_fcgi_module', [PHP_WORKER_LINES]), ...includedLines()].join('\n')}\n`;
}

export function includedLines(): readonly string[] {
  return ['Include default.conf', ...INCLUDED_DIRECTORIES.map((directory) => `IncludeOptional ${directory}/*.conf`)];
}

/** The settings of an own server, as far as a virtual host may have them. */
export function renderPerServer(): string {
  const lines = [
    'ServerSignature Off',
    'TraceEnable Off',
    'UseCanonicalName Off',
    'DirectoryIndex index.html',
    '<IfModule http2_module>',
    '    Protocols h2 http/1.1',
    '</IfModule>',
    'Include tls.conf',
  ];
  return `${lines.join('\n')}\n`;
}
