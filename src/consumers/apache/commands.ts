import { basename } from 'node:path';
import { isAdopted } from '../adoption.js';
import type { Command, ConsumerCommands, ConsumerDaemon } from '../consumer.js';
import { refusal } from './complaint.js';
import { configDirectory, configFile, errorLog, MAIN_FILE, pidFile } from './layout.js';

const PROGRAM = 'apache2';
/** A start reads every certificate twice: 25 s for 5,000 of them, and much more on a busy machine. */
const TIMEOUT_MS = 300_000;

function apache(args: readonly string[]): Command {
  return { file: PROGRAM, args, timeoutMs: TIMEOUT_MS };
}

/** Relative includes are resolved against the server's root, so a staged copy is checked as a whole. */
function at(directory: string): readonly string[] {
  return ['-d', directory, '-f', `${directory}/${MAIN_FILE}`];
}

export const apacheCommands: ConsumerCommands = {
  version: () => apache(['-v']),
  check: (_server, directory) => apache(['-t', ...at(directory)]),
  start: (server) => apache(at(configDirectory(server))),
  stop: (server) => apache([...at(configDirectory(server)), '-k', 'graceful-stop']),
};

/** Options that make it do something else than serve. */
const ERRANDS = ['-t', '-v', '-V', '-S'];
/** Of `-k`, this one serves: it is how init systems start it. */
const SERVES = ['start'];

export const apacheDaemon: ConsumerDaemon = {
  configFile,
  pidFile,
  errorLog,
  reloadSignal: 'SIGUSR1',
  workersLookLikeMaster: true,
  isMaster(commandLine, server) {
    const [program = '', ...args] = commandLine.split(/[\s\0]+/);
    return (
      ['apache2', 'httpd'].includes(basename(program)) &&
      // The machine's own names no file, or whatever its unit says: it is the one in its pid file.
      (isAdopted(server) || args.includes(configFile(server))) &&
      !args.some((arg, index) => ERRANDS.includes(arg) || (arg === '-k' && !SERVES.includes(args[index + 1] ?? '')))
    );
  },
  refusal,
};
