import { isatty } from 'node:tty';
import { ConsoleLogger, Logger, type LogLevel } from '@nestjs/common';
import type { Config, LogLevelName } from '../config/index.js';
import type { PlainObject } from '../shared/plain.js';

const LEVELS: Readonly<Record<LogLevelName, LogLevel[]>> = {
  error: ['error', 'fatal'],
  warn: ['error', 'fatal', 'warn'],
  info: ['error', 'fatal', 'warn', 'log'],
  debug: ['error', 'fatal', 'warn', 'log', 'debug'],
};

/** What Nest says of its own start: of interest to whoever debugs it. */
const BOOTSTRAP = new Set([
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
  'NestApplication',
  'GraphQLModule',
]);

class QuietLogger extends ConsoleLogger {
  override log(message: unknown, ...rest: unknown[]): void {
    if (BOOTSTRAP.has(String(rest.at(-1)))) {
      super.debug(message, ...rest);
    } else {
      super.log(message, ...rest);
    }
  }
}

/** What Nest and all `Logger`s write through: text for people, or one JSON document a line for machines. */
export function nestLogger(config: Pick<Config, 'logFormat' | 'logLevel'>): ConsoleLogger {
  return new QuietLogger({
    json: config.logFormat === 'json',
    colors: config.logFormat === 'text' && isatty(process.stdout.fd),
    logLevels: LEVELS[config.logLevel],
    prefix: 'hler',
  });
}

/** The log that the private services want, through a `Logger` of that name. */
export function serviceLog(name: string): {
  info(message: string, details?: PlainObject): void;
  warn(message: string, details?: PlainObject): void;
  error(message: string, details?: PlainObject): void;
} {
  const logger = new Logger(name);
  const line = (message: string, details?: PlainObject): string =>
    details === undefined ? message : `${message} ${JSON.stringify(details)}`;
  return {
    info: (message, details) => logger.log(line(message, details)),
    warn: (message, details) => logger.warn(line(message, details)),
    error: (message, details) => logger.error(line(message, details)),
  };
}
