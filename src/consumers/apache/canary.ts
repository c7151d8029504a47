import type { Command, ConsumerCanary } from '../consumer.js';
import { path } from '../syntax.js';
import { MAIN_FILE } from './layout.js';

/** Defined for a canary only, so that an administrator's files can tell, too. */
export const CANARY = 'HlerCanary';

const LISTENS = /^\s*(?:Listen|PidFile|ScoreBoardFile)\s/i;
const TIMEOUT_MS = 300_000;

const pidFileLine = (scratch: string): string => `PidFile "${scratch}/canary.pid"`;

export const apacheCanary: ConsumerCanary = {
  /** Mutexes without files: those would have to be open to the account that answers requests. */
  start(directory, scratch, address): Command {
    const own = [
      `Listen ${address}`,
      pidFileLine(path(scratch)),
      `DefaultRuntimeDir "${path(scratch)}"`,
      `ErrorLog "${path(scratch)}/error.log"`,
      'Mutex pthread default',
    ];
    const args = [
      '-d',
      directory,
      '-f',
      `${directory}/${MAIN_FILE}`,
      '-D',
      CANARY,
      ...own.flatMap((line) => ['-C', line]),
    ];
    return { file: 'apache2', args, timeoutMs: TIMEOUT_MS };
  },
  errorLog: (scratch) => `${scratch}/error.log`,
  isOwn: (commandLine, scratch) => commandLine.includes(CANARY) && commandLine.includes(pidFileLine(scratch)),
  muted: (content) =>
    content
      .split('\n')
      .map((line) => (LISTENS.test(line) ? '#' : line))
      .join('\n'),
};
