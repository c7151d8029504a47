import { isAdopted } from '../adoption.js';
import { FILE_MODE } from '../config-files.js';
import type { ConfigFile, ConsumerAdoption } from '../consumer.js';
import type { HttpServerSpec } from '../http-server-spec.js';
import { path } from '../syntax.js';
import { configDirectory, INCLUDED_DIRECTORIES, MAIN_FILE } from './layout.js';

const PROGRAM = '/usr/sbin/nginx';
const TIMEOUT_MS = 180_000;
export const ENTRY_FILE = 'hler.conf';
/** What own servers have in `http { … }`, for each of our virtual servers: others on the machine keep what they have. */
export const PER_SERVER_FILE = 'settings.conf';

const PID = /^\s*pid\s+"?(?<value>[^\s";]+)"?\s*;/m;
const ERROR_LOG = /^\s*error_log\s+"?(?<value>\/[^\s";]+)/m;
const USER = /^\s*user\s+(?<value>[a-z_][a-z0-9_-]*)/m;
const NAMES_HASH = /^\s*(server_names_hash_(?:bucket|max)_size)\s/gm;
/** With absolute paths only: others are relative to a place that a copy does not have. */
const LOADS_MODULES = /^\s*((?:load_module|include)\s+\/[\w./*-]*modules[\w./*-]*;)/gm;
const LISTEN = /^(?<before>\s*listen\s+(?:\S+:)?)(?<port>\d{1,4})(?=[\s;])/gm;
const FIRST_UNPRIVILEGED = 1_024;
const LIFTED = 40_000;

export const nginxAdoption: ConsumerAdoption = {
  mainFile: '/etc/nginx/nginx.conf',
  place: 'as the last line inside "http { … }"',
  entryFile: ENTRY_FILE,
  includedFolders: ['conf.d'],
  listensByItself: true,
  modules: null,
  // In brackets, because a pattern may match nothing: the line can be there before the file is, and after it has gone.
  includeLine: (directory) => `include ${path(directory)}/hler[.]conf;`,
  check: (mainFile) => ({ file: PROGRAM, args: ['-t', '-q', '-c', mainFile], timeoutMs: TIMEOUT_MS }),
  reload: (mainFile) => ({ file: PROGRAM, args: ['-s', 'reload', '-c', mainFile], timeoutMs: TIMEOUT_MS }),
  facts: (text) => ({
    pidFile: PID.exec(text)?.groups?.['value'] ?? '/run/nginx.pid',
    errorLog: ERROR_LOG.exec(text)?.groups?.['value'] ?? '/var/log/nginx/error.log',
    workerUser: USER.exec(text)?.groups?.['value'] ?? 'www-data',
    moduleLines: [...text.matchAll(LOADS_MODULES)].map(([, line = '']) => line),
    directives: [...text.matchAll(NAMES_HASH)].map(([, name = '']) => name),
  }),
  asCopied: (content, live, copy) =>
    content
      .replaceAll(`${live}/`, `${copy}/`)
      .replace(LISTEN, (line, before: string, port: string) =>
        Number(port) < FIRST_UNPRIVILEGED ? `${before}${Number(port) + LIFTED}` : line,
      ),
};

/** nginx resolves a relative path against its main file, which is not ours then. */
export function anchored(files: readonly ConfigFile[], server: HttpServerSpec): readonly ConfigFile[] {
  const directory = configDirectory(server);
  return isAdopted(server)
    ? files.map((file) => ({ ...file, content: file.content.replaceAll(/^(\s*include )(?!\/)/gm, `$1${directory}/`) }))
    : files;
}

/** A name has up to 253 characters and must fit into one bucket; the table holds 100,000 names. */
const NAMES_HASH_SIZES = ['server_names_hash_bucket_size 512;', 'server_names_hash_max_size 32768;'] as const;

function isSetByOthers(line: string, server: HttpServerSpec): boolean {
  return (server.machine?.system?.directives ?? []).some((directive) => line.startsWith(`${directive} `));
}

/** What stands in `http { … }` of the machine's server. Limits for the whole of it, only where it does not set them itself. */
export function renderEntry(server: HttpServerSpec, maps: readonly string[]): string {
  const lines = [
    ...NAMES_HASH_SIZES.filter((line) => !isSetByOthers(line, server)),
    ...maps,
    'include default.conf;',
    ...INCLUDED_DIRECTORIES.map((directory) => `include ${directory}/*.conf;`),
  ];
  return `${lines.join('\n')}\n`;
}

/** Stands for the machine's main file where an account that is not root has our part checked by itself. */
export function renderTrialMain(server: HttpServerSpec): ConfigFile {
  const run = path(server.paths.run);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `    ${kind}_temp_path "${run}/nginx-temp/${kind}";`,
  );
  const lines = [
    '# The server of this machine does not read this file: Hlér has its own part checked with it.',
    `pid "${run}/nginx-check.pid";`,
    'error_log stderr;',
    ...(server.machine?.system?.moduleLines ?? []),
    'events { }',
    'http {',
    '    access_log off;',
    ...paths,
    ...NAMES_HASH_SIZES.filter((line) => isSetByOthers(line, server)).map((line) => `    ${line}`),
    `    include ${ENTRY_FILE};`,
    '}',
  ];
  return { path: MAIN_FILE, content: `${lines.join('\n')}\n`, mode: FILE_MODE };
}
