import { isAdopted } from '../adoption.js';
import type { Command, ConsumerCommands, ConsumerDaemon } from '../consumer.js';
import type { HttpServerSpec } from '../http-server-spec.js';
import { complaint } from './complaint.js';
import { configDirectory, configFile, errorLog, MAIN_FILE, pidFile } from './layout.js';

const PROGRAM = 'nginx';
/** A check or start reads every certificate: 8 s for 5,000 of them, and much more on a busy machine. */
const TIMEOUT_MS = 180_000;

/** `-e` each time: without it nginx opens the log that it was compiled with, which may not be ours to open. */
function nginx(args: readonly string[]): Command {
  return { file: PROGRAM, args, timeoutMs: TIMEOUT_MS };
}

/** Relative includes are resolved against the directory of the main file, so a staged copy is checked as a whole. */
function at(directory: string): readonly string[] {
  return ['-p', directory, '-c', `${directory}/${MAIN_FILE}`];
}

function live(server: HttpServerSpec): readonly string[] {
  return ['-e', errorLog(server), ...at(configDirectory(server))];
}

export const nginxCommands: ConsumerCommands = {
  version: () => nginx(['-V']),
  check: (_server, directory) => nginx(['-t', '-q', '-e', 'stderr', ...at(directory)]),
  start: (server) => nginx(live(server)),
  stop: (server) => nginx([...live(server), '-s', 'quit']),
};

export const nginxDaemon: ConsumerDaemon = {
  configFile,
  pidFile,
  errorLog,
  reloadSignal: 'SIGHUP',
  workersLookLikeMaster: false,
  nameless: {
    isWorker: (commandLine) =>
      commandLine.startsWith('nginx: ') &&
      !/^nginx: (master process|worker process is shutting down)/.test(commandLine),
    quitSignal: 'SIGQUIT',
  },
  isRetiring: (commandLine) => commandLine.startsWith('nginx: worker process is shutting down'),
  isMaster(commandLine, server) {
    const words = commandLine.split(/[\s\0]+/);
    // The machine's own names no file, or whatever its unit says: it is the one in its pid file.
    return commandLine.startsWith('nginx: master process') && (isAdopted(server) || words.includes(configFile(server)));
  },
  refusal(logged, directory, master) {
    const mark = master === undefined ? '[emerg]' : `[emerg] ${master}#`;
    const its = logged.split('\n').filter((line) => line.includes(mark));
    return its.length === 0 ? undefined : complaint(its.join('\n'), directory);
  },
};
