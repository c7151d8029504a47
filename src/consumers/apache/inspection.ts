import { FILE_MODE } from '../config-files.js';
import type { ConsumerInspection } from '../consumer.js';
import { DEFAULT_SERVER_NAME } from '../probe.js';
import { path, tlsGroup } from '../syntax.js';
import { CANARY } from './canary.js';
import { OLDEST_SUPPORTED } from './dialect.js';
import { MAIN_FILE, section } from './layout.js';
import { hasModule, loadModuleLines, MODULES } from './modules.js';
import { certificateLines, placeholder } from './placeholder.js';
import { accountLines } from './render-main.js';

export const apacheInspection: ConsumerInspection = {
  package: 'apache2',
  oldestSupported: OLDEST_SUPPORTED,
  modules: MODULES,

  /** The library that mod_ssl is running with is told by a server that runs only, in its answers. */
  versions: (text) => ({
    programVersion: /Server version: Apache\/(\d+\.\d+\.\d+)/.exec(text)?.[1] ?? null,
    opensslVersion: /^Apache\/\S+ .*\bOpenSSL\/(\S+)/.exec(text)?.[1] ?? null,
  }),

  trial(server, directory, group) {
    const modules = ['mpm_event', 'authz_core', 'ssl', ...['unixd'].filter((name) => hasModule(server, name))];
    const lines = [
      ...loadModuleLines(server, modules),
      ...accountLines(server),
      `ServerName ${DEFAULT_SERVER_NAME}`,
      section(`IfDefine !${CANARY}`, [`ErrorLog "${path(directory)}/error.log"`]),
      'ServerTokens Full',
      'StartServers 1',
      'SSLSessionCache none',
      ...(group === null ? [] : [`SSLOpenSSLConfCmd Curves ${tlsGroup(group)}`]),
      section('VirtualHost *:443', certificateLines(placeholder(server))),
    ];
    return [{ path: MAIN_FILE, content: `${lines.join('\n')}\n`, mode: FILE_MODE }];
  },
};
