import { basename, dirname } from 'node:path';

/** Where files are kept that were put aside, for people to look at: nothing is included from it. */
export const QUARANTINE = 'quarantine.d';

export const quarantinePath = (path: string): string => `${QUARANTINE}/${dirname(path)}~${basename(path)}`;
