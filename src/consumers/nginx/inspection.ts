import type { ConsumerInspection } from '../consumer.js';
import { FILE_MODE } from '../config-files.js';
import { path, tlsGroup } from '../syntax.js';
import { OLDEST_SUPPORTED } from './dialect.js';
import { MAIN_FILE } from './layout.js';

export const nginxInspection: ConsumerInspection = {
  package: 'nginx',
  oldestSupported: OLDEST_SUPPORTED,
  modules: null,

  /** `running with` is the library of this machine, where it is not the one that it was built with. */
  versions(text) {
    const library = /running with (?:OpenSSL )?([^)\n]+)\)/.exec(text) ?? /built with (?:OpenSSL )?(.+)/.exec(text);
    return {
      programVersion: /nginx version: \S+\/(\d+\.\d+\.\d+)/.exec(text)?.[1] ?? null,
      opensslVersion: library?.[1]?.trim() ?? null,
    };
  },

  /** Groups are looked at only where TLS is on; without a certificate that is `ssl_reject_handshake`. */
  trial(_server, directory, group) {
    const at = path(directory);
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) => `${kind}_temp_path "${at}/${kind}";`,
    );
    const content = `pid "${at}/pid"; error_log stderr; events { }
http { access_log off; ${paths.join(' ')} ${group === null ? '' : `ssl_ecdh_curve ${tlsGroup(group)};`}
server { listen "unix:${at}/s" ssl; ssl_reject_handshake on; } }
`;
    return [{ path: MAIN_FILE, content, mode: FILE_MODE }];
  },
};
