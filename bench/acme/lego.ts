import { join } from 'node:path';
import { byProcess } from './by-process.js';

export const lego = byProcess(({ pebble, directory, rootPath }, webroot, name) => ({
  file: 'lego',
  args: [
    ['--server', pebble.ca.directoryUrl, '--path', join(directory, 'lego')],
    ['--email', 'ops@example.test', '--accept-tos', '--key-type', 'ec256'],
    ['--http', '--http.webroot', webroot, '--domains', name, 'run'],
  ].flat(),
  env: { LEGO_CA_CERTIFICATES: rootPath },
  certificatePath: join(directory, 'lego', 'certificates', `${name}.crt`),
}));
