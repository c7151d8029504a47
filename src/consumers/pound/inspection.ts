import { FILE_MODE } from '../config-files.js';
import type { ConsumerInspection } from '../consumer.js';
import { OLDEST_SUPPORTED } from './dialect.js';
import { MAIN_FILE, section } from './layout.js';

export const poundInspection: ConsumerInspection = {
  package: 'pound',
  oldestSupported: OLDEST_SUPPORTED,
  modules: null,
  groupsAreFixed: true,

  /** It does not say which library it is linked with. */
  versions: (text) => ({
    programVersion: /^pound \(pound\) (\d+\.\d+(?:\.\d+)?)/m.exec(text)?.[1] ?? null,
    opensslVersion: null,
  }),

  trial: () => [{ path: MAIN_FILE, content: `${section('Service', ['Error 404'])}\n`, mode: FILE_MODE }],
};
