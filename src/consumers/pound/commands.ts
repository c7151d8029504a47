import { basename } from 'node:path';
import type { Command, ConsumerCommands, ConsumerDaemon, ConsumerSuccession } from '../consumer.js';
import type { HttpServerSpec } from '../http-server-spec.js';
import { configDirectory, configFile, include, LIBRARY_FILE, MAIN_FILE, pidFile, runtimeDirectory } from './layout.js';

const PROGRAM = 'pound';
/** A check or start reads every certificate: some seconds for 5,000 of them, and much more on a busy machine. */
const TIMEOUT_MS = 180_000;

/** Relative includes are resolved against this directory, so a staged copy is checked as a whole. */
function pound(option: string, directory: string, mainFile: string): Command {
  return {
    file: PROGRAM,
    args: [option, '-W', `include-dir=${directory}`, '-f', mainFile],
    env: { OPENSSL_CONF: `${directory}/${LIBRARY_FILE}` },
    timeoutMs: TIMEOUT_MS,
  };
}

export const poundCommands: ConsumerCommands = {
  version: () => ({ file: PROGRAM, args: ['-V'], timeoutMs: TIMEOUT_MS }),
  check: (_server, directory) => pound('-c', directory, `${directory}/${MAIN_FILE}`),
  // `-v`: what keeps it from starting is told here, and not to syslog only.
  start: (server) => pound('-v', configDirectory(server), configFile(server)),
  stop: () => null,
};

const successorFile = (server: HttpServerSpec): string => `${runtimeDirectory(server)}/successor.conf`;
const gate = (server: HttpServerSpec): string => `${runtimeDirectory(server)}/gate`;

export const poundSuccession: ConsumerSuccession = {
  gate,
  mainFile: (server) => ({
    path: successorFile(server),
    content: `${[include(configFile(server)), include(gate(server))].join('\n')}\n`,
  }),
  start: (server) => pound('-v', configDirectory(server), successorFile(server)),
};

export const poundDaemon: ConsumerDaemon = {
  configFile,
  pidFile,
  // It writes to syslog: there is no file of its own.
  errorLog: () => '/var/log/syslog',
  reloadSignal: 'SIGINT',
  workersLookLikeMaster: false,
  isOneProcess: true,
  isMaster(commandLine, server) {
    const words = commandLine.split(/[\s\0]+/);
    const mainFile = words[words.indexOf('-f') + 1];
    return (
      words.some((word) => basename(word) === PROGRAM) &&
      !words.includes('-c') &&
      (mainFile === configFile(server) || mainFile === successorFile(server))
    );
  },
  refusal: () => undefined,
};
