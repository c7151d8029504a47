import type { ConsumerModules } from '../consumer.js';
import type { HttpServerSpec } from '../http-server-spec.js';
import { moduleName, path } from '../syntax.js';

export const MODULES: ConsumerModules = {
  // Debian, Fedora, SUSE, Arch.
  directories: ['/usr/lib/apache2/modules', '/usr/lib64/httpd/modules', '/usr/lib64/apache2', '/usr/lib/httpd/modules'],
  required: [
    'mpm_event',
    'authz_core',
    'alias',
    'dir',
    'mime',
    'headers',
    'rewrite',
    'reqtimeout',
    'env',
    'proxy',
    'proxy_fcgi',
    'socache_shmcb',
    'ssl',
  ],
  package: 'apache2-bin',
};

/** Loaded where they are there: built into the program elsewhere (the first two), or of use to an administrator's files. */
const WELCOME = ['unixd', 'log_config', 'authn_core', 'authz_host', 'expires', 'setenvif', 'http2'] as const;

/** Needed to believe a TLS front, and by nobody else. */
const OF_FRONT: readonly string[] = ['remoteip', 'setenvif'];

export function loadModuleLines(server: HttpServerSpec, wanted: readonly string[] = loaded(server)): readonly string[] {
  const [usual = ''] = MODULES.directories;
  const directory = path(server.machine?.modules?.directory ?? usual);
  return wanted.map(moduleName).map((name) => `LoadModule ${name}_module "${directory}/mod_${name}.so"`);
}

export function hasModule(server: HttpServerSpec, name: string): boolean {
  return server.machine?.modules?.names.includes(name) === true;
}

function loaded(server: HttpServerSpec): readonly string[] {
  const ofFront = server.behindFront === undefined ? [] : OF_FRONT;
  const welcome = WELCOME.filter((name) => hasModule(server, name) && !ofFront.includes(name));
  return [...MODULES.required, ...welcome, ...ofFront];
}
