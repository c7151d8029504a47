import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { byProcess } from './by-process.js';

/** It locks its directories: each process has its own, with the account of the first. */
export const certbot = byProcess(({ pebble, directory, rootPath }, webroot, name, index) => {
  const home = (of: number): string => join(directory, 'certbot', String(of));
  return {
    file: 'certbot',
    args: [
      ['certonly', '-n', '--agree-tos', '-m', 'ops@example.test', '--no-eff-email'],
      ['--server', pebble.ca.directoryUrl, '--key-type', 'ecdsa', '--elliptic-curve', 'secp256r1'],
      ['--config-dir', join(home(index), 'etc'), '--work-dir', join(home(index), 'work')],
      ['--logs-dir', join(home(index), 'log')],
      ['--webroot', '-w', webroot, '-d', name],
    ].flat(),
    env: { REQUESTS_CA_BUNDLE: rootPath },
    certificatePath: join(home(index), 'etc', 'live', name, 'fullchain.pem'),
    ...(index > 0 && {
      prepare: () =>
        cp(join(home(0), 'etc', 'accounts'), join(home(index), 'etc', 'accounts'), {
          recursive: true,
          verbatimSymlinks: true,
        }),
    }),
  };
});
