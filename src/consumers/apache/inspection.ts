import { FILE_MODE } from '../config-files.js';
import type { ConsumerInspection } from '../consumer.js';
import { DEFAULT_SERVER_NAME } from '../probe.js';
import { tlsGroup } from '../syntax.js';
import { OLDEST_SUPPORTED } from './dialect.js';
import { MAIN_FILE, section } from './layout.js';
import { hasModule, loadModuleLines, MODULES } from './modules.js';
import { certificateLines, placeholder } from './placeholder.js';
import { accountLines } from './render-main.js';

export const apacheInspection: ConsumerInspection = {
  package: 'apache2',
  oldestSupported: OLDEST_SUPPORTED,
  modules: MODULES,

  /** The library that mod_ssl is running with is told by a started server only (AH00489). */
  versions: (text) => ({
    programVersion: /Server version: Apache\/(\d+\.\d+\.\d+)/.exec(text)?.[1] ?? null,
    opensslVersion: /AH00489: \S+.* OpenSSL\/(\S+)/.exec(text)?.[1] ?? null,
  }),

  trial(server, _directory, group) {
    const modules = ['mpm_event', 'authz_core', 'ssl', ...['unixd'].filter((name) => hasModule(server, name))];
    const lines = [
      ...loadModuleLines(server, modules),
      ...accountLines(server),
      `ServerName ${DEFAULT_SERVER_NAME}`,
      'ServerTokens Full',
      'LogLevel notice',
      'StartServers 1',
      'SSLSessionCache none',
      ...(group === null ? [] : [`SSLOpenSSLConfCmd Curves ${tlsGroup(group)}`]),
      section('VirtualHost *:443', certificateLines(placeholder(server))),
    ];
    return [{ path: MAIN_FILE, content: `${lines.join('\n')}\n`, mode: FILE_MODE }];
  },
};
