import { isIP } from 'node:net';
import { z } from 'zod';
import { DomainError } from '../shared/domain-error.js';
import { Secret } from '../shared/secret.js';
import { parseUnixPath, parseUnixSocket } from '../shared/unix-path.js';
import { HTTP_CONSUMERS, HTTP_DAEMONS, LOG_FORMATS, LOG_LEVELS, TLS_CONSUMERS } from './config.js';
import { parseBackends } from './backend-urls.js';
import { parseDatabaseUrl, parseRedisUrl } from './connection-url.js';

/** A value that `parse` understands; the message completes the sentence "HLER_X is …: it must be …". */
function value<T>(mustBe: string, parse: (text: string) => T | undefined) {
  return z.string().transform((text, context) => {
    const result = parse(text);
    if (result === undefined) {
      context.addIssue({ code: 'custom', message: `it must be ${mustBe}.` });
      return z.NEVER;
    }
    return result;
  });
}

function wholeNumber(most: number) {
  return value(`a whole number from 1 to ${most}`, (text) => {
    const number = /^\d{1,6}$/.test(text) ? Number(text) : 0;
    return number >= 1 && number <= most ? number : undefined;
  });
}

function oneOf<const T extends string>(values: readonly T[]) {
  return value(`one of ${values.join(', ')}`, (text) => values.find((known) => known === text));
}

const accepts = (parse: (text: string) => string) => (text: string) => {
  try {
    return parse(text) !== '';
  } catch (error) {
    if (error instanceof DomainError) {
      return false;
    }
    throw error;
  }
};

const isUnixPath = accepts(parseUnixPath);
const isUnixSocket = accepts(parseUnixSocket);

const platformRoots = (text: string) => {
  const parts = text.split(':').filter((part) => part !== '');
  return parts.length > 0 && parts.every(isUnixPath) ? parts : undefined;
};

const host = (text: string) => {
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) !== 0 || /^[a-z][a-z0-9.-]{0,252}$/i.test(bare) ? bare : undefined;
};

const listenAddress = (text: string) => {
  if (text === '*' || isIP(text) === 4) {
    return text;
  }
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 6 ? `[${bare}]` : undefined;
};

const listenAddresses = (text: string) => {
  const addresses = text.split(',').map((part) => listenAddress(part.trim()));
  return addresses.every((address) => address !== undefined) ? [...new Set(addresses)] : undefined;
};

function connection(mustBe: string, parse: (url: Secret) => object | undefined) {
  return value(mustBe, (text) => {
    const url = new Secret(text);
    return parse(url) === undefined ? undefined : url;
  });
}

/** One parser for each variable: text in, typed value out. */
export const environmentSchema = z.object({
  // Relative or absolute: it is judged when it has been resolved.
  HLER_ROOT: z.string().optional(),
  HLER_DATABASE_URL: connection('mysql://user:password@host:port/database', parseDatabaseUrl).optional(),
  HLER_REDIS_URL: connection(
    'redis://user:password@host:port/db, or the same with rediss://',
    parseRedisUrl,
  ).optional(),
  HLER_API_HOST: value('an address or a hostname', host),
  HLER_API_PORT: wholeNumber(65_535),
  HLER_API_URL: value('an http:// or https:// URL, such as https://hler.example.org/graphql', (text) =>
    URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : undefined,
  ).optional(),
  HLER_TOKEN: value('a token as `hler token create` prints it', (text) =>
    /^hler_\S+$/.test(text) ? new Secret(text) : undefined,
  ).optional(),
  HLER_HTTP_PORT: wholeNumber(65_535),
  HLER_HTTPS_PORT: wholeNumber(65_535),
  HLER_HTTP_ADDRESSES: value('IP addresses, * or [::], separated by commas', listenAddresses),
  HLER_HTTP_CONSUMER: oneOf(HTTP_CONSUMERS),
  HLER_TLS_CONSUMER: oneOf(TLS_CONSUMERS).optional(),
  HLER_BACKEND_PORT: wholeNumber(65_535),
  HLER_BACKENDS: value(
    'URLs such as http://192.0.2.7:8081, separated by commas, or such as https://web2.example:8443, all of one name',
    parseBackends,
  ).optional(),
  HLER_BACKENDS_CA: value('the absolute path of a file', (text) => (isUnixPath(text) ? text : undefined)).optional(),
  HLER_HTTP_DAEMON: oneOf(HTTP_DAEMONS),
  HLER_HTTP_SYSTEM_CONFIG: value('the absolute path of a file', (text) =>
    isUnixPath(text) ? text : undefined,
  ).optional(),
  HLER_PLATFORM_ROOTS: value(
    'absolute directories of plain letters, digits and . _ - + @ ~ , =, separated by colons',
    platformRoots,
  ).optional(),
  HLER_PHP_SOCKET: value('the absolute path of a socket, of at most 107 bytes', (text) =>
    isUnixSocket(text) ? text : undefined,
  ),
  HLER_RENEWAL_SECONDS: wholeNumber(3_600),
  HLER_RUNNER_CONCURRENCY: wholeNumber(1024),
  HLER_WORKER_THREADS: wholeNumber(256).optional(),
  HLER_LOG_FORMAT: oneOf(LOG_FORMATS),
  HLER_LOG_LEVEL: oneOf(LOG_LEVELS),
  HLER_GRAPHIQL: oneOf(['true', 'false']),
});

export type VariableName = keyof typeof environmentSchema.shape;
