import { availableParallelism, homedir } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { DomainError } from '../shared/domain-error.js';
import { parseUnixPath } from '../shared/unix-path.js';
import { PORT_VARIABLES, type Config, type PortVariable, type Ports, type Role } from './config.js';
import { deepFreeze } from './deep-freeze.js';
import { environmentSchema, type VariableName } from './environment-schema.js';
import { defaultPlatformRoots } from './platform-roots.js';
import { usedPorts } from './used-ports.js';
import { statePaths } from './state-paths.js';
import { VARIABLES } from './variables.js';

/** What the process was started with. */
export interface Surroundings {
  readonly env: { readonly [name: string]: string | undefined };
  readonly cwd: string;
  readonly home: string;
  readonly cores: number;
}

/** The real surroundings: the one place that reads the environment of the process. */
export function surroundings(): Surroundings {
  return { env: process.env, cwd: process.cwd(), home: homedir(), cores: availableParallelism() };
}

type Values = z.infer<typeof environmentSchema>;

// Tests hand settings to their own fixtures under this prefix; programs that a test starts inherit them.
const IGNORED_PREFIX = 'HLER_TEST_';
const SYSTEM_PROGRAMS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * The configuration of a process of this role: environment, then defaults. Pure, but for reading the surroundings when
 * none are given; touches neither disk nor network.
 * @throws DomainError CONFIG_INVALID with one sentence for each variable that is wrong; `details.variables` names them.
 */
export function loadConfig(role: Role, around: Surroundings = surroundings()): Readonly<Config> {
  const given = givenValues(around.env);
  const values = parseValues(given);
  const paths = statePaths(rootOf(role, values.HLER_ROOT, around.cwd));
  const config: Config = {
    role,
    paths,
    databaseUrl: values.HLER_DATABASE_URL ?? null,
    redisUrl: values.HLER_REDIS_URL ?? null,
    apiHost: values.HLER_API_HOST,
    apiUrl: values.HLER_API_URL ?? null,
    apiToken: values.HLER_TOKEN ?? null,
    graphiql: values.HLER_GRAPHIQL === 'true',
    ports: portsOf({ ...values, ...(values.HLER_HTTP_DAEMON === 'system' && systemPorts(given)) }),
    statedPorts: PORT_VARIABLES.filter((name) => given.has(name)),
    httpAddresses: values.HLER_HTTP_ADDRESSES,
    httpConsumer: values.HLER_HTTP_CONSUMER,
    tlsConsumer: values.HLER_TLS_CONSUMER ?? null,
    backends: backendsOf(values),
    httpDaemon: values.HLER_HTTP_DAEMON,
    httpSystemConfig: values.HLER_HTTP_SYSTEM_CONFIG ?? null,
    platformRoots: values.HLER_PLATFORM_ROOTS ?? defaultPlatformRoots(role, paths, around.cwd, around.home),
    phpSocket: values.HLER_PHP_SOCKET,
    renewalEveryMs: values.HLER_RENEWAL_SECONDS * 1_000,
    runnerConcurrency: values.HLER_RUNNER_CONCURRENCY,
    workerThreads: values.HLER_WORKER_THREADS ?? around.cores,
    logFormat: values.HLER_LOG_FORMAT,
    logLevel: values.HLER_LOG_LEVEL,
    programPath: programPath(around.env['PATH'] ?? ''),
  };
  requireWhatTheFrontNeeds(config);
  requireWhatTheRoleNeeds(config);
  return deepFreeze(config);
}

function givenValues(env: Surroundings['env']): ReadonlyMap<string, string> {
  const given = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[0].startsWith('HLER_') && !entry[0].startsWith(IGNORED_PREFIX) && (entry[1] ?? '') !== '',
  );
  const unknown = given.map(([name]) => name).filter((name) => !Object.hasOwn(VARIABLES, name));
  if (unknown.length > 0) {
    throw invalid(
      unknown,
      unknown.map((name) => `${name} is not a variable of Hlér: correct its name, or unset it (see .env.example).`),
    );
  }
  return new Map(given);
}

function parseValues(given: ReadonlyMap<string, string>): z.infer<typeof environmentSchema> {
  const names = Object.keys(VARIABLES) as VariableName[];
  const texts = names.map((name) => [name, given.get(name) ?? (VARIABLES[name].default || undefined)] as const);
  const parsed = environmentSchema.safeParse(Object.fromEntries(texts));
  if (parsed.success) {
    return parsed.data;
  }
  const wrong = parsed.error.issues.map((issue) => ({ name: issue.path[0] as VariableName, message: issue.message }));
  throw invalid(
    wrong.map(({ name }) => name),
    wrong.map(({ name, message }) => `${name} ${shown(name, given.get(name) ?? '')}: ${message}`),
  );
}

/** Absolute, and fit for configuration files, which take paths without quotes: `./var` of a clone may lie anywhere. */
function rootOf(role: Role, stated: string | undefined, cwd: string): string {
  const root = resolve(cwd, stated ?? (role === 'up' ? 'var' : '/var/lib/hler'));
  try {
    return parseUnixPath(root);
  } catch (error) {
    const why = error instanceof DomainError ? error.message : 'it cannot be used.';
    throw invalid(['HLER_ROOT'], [`HLER_ROOT names the directory of all state: ${why} Set it to another directory.`]);
  }
}

function backendsOf({ HLER_BACKENDS = [], HLER_BACKENDS_CA: caFile = '' }: Values): Config['backends'] {
  return HLER_BACKENDS.map((backend) =>
    backend.https === null ? backend : { ...backend, https: { ...backend.https, caFile: caFile || null } },
  );
}

/** The machine's own server has the ports that the world asks. */
function systemPorts(given: ReadonlyMap<string, string>): Partial<Ports> {
  return {
    ...(!given.has('HLER_HTTP_PORT') && { HLER_HTTP_PORT: 80 }),
    ...(!given.has('HLER_HTTPS_PORT') && { HLER_HTTPS_PORT: 443 }),
  };
}

function portsOf(values: Values): Ports {
  const ports: Ports = {
    HLER_API_PORT: values.HLER_API_PORT,
    HLER_HTTP_PORT: values.HLER_HTTP_PORT,
    HLER_HTTPS_PORT: values.HLER_HTTPS_PORT,
    HLER_BACKEND_PORT: values.HLER_BACKEND_PORT,
  };
  const used = usedPorts(values.HLER_TLS_CONSUMER ?? null);
  const twice = used.filter((one: PortVariable) => used.some((other) => other !== one && ports[one] === ports[other]));
  if (twice.length > 0) {
    throw invalid(twice, [`${twice.join(' and ')} are the same port: give each one of its own.`]);
  }
  return ports;
}

function requireWhatTheFrontNeeds({ tlsConsumer, backends, httpConsumer, httpDaemon }: Config): void {
  if (tlsConsumer !== null && httpDaemon === 'system') {
    throw invalid(
      ['HLER_TLS_CONSUMER', 'HLER_HTTP_DAEMON'],
      [
        `${tlsConsumer} stands before a web server of Hlér's own only, and the machine's own has the public ports: set HLER_HTTP_DAEMON=own, or unset HLER_TLS_CONSUMER.`,
      ],
    );
  }
  if (tlsConsumer === null && backends.length > 0) {
    throw invalid(['HLER_BACKENDS'], ['HLER_BACKENDS needs a TLS front: set HLER_TLS_CONSUMER=pound, or unset it.']);
  }
  if (httpConsumer !== 'nginx' && backends.some(({ https }) => https !== null)) {
    throw invalid(
      ['HLER_BACKENDS'],
      ['HLER_BACKENDS over HTTPS are verified by nginx: set HLER_HTTP_CONSUMER=nginx, or name them with http://.'],
    );
  }
}

function requireWhatTheRoleNeeds({ role, databaseUrl, redisUrl }: Config): void {
  const missing = [
    ...(databaseUrl === null && (role === 'api' || role === 'relay') ? ['HLER_DATABASE_URL'] : []),
    ...(redisUrl === null && role !== 'up' ? ['HLER_REDIS_URL'] : []),
  ];
  if (missing.length > 0) {
    const isNotSet = (name: string) => `${name} is not set: \`hler ${role}\` needs it; only \`hler up\` runs its own.`;
    throw invalid(missing, missing.map(isNotSet));
  }
}

/** Directories of PATH, then those of the system: an ordinary user's PATH lacks sbin, where the servers are. */
function programPath(path: string): readonly string[] {
  const absolute = path.split(':').filter((directory) => directory.startsWith('/'));
  return [...new Set([...absolute, ...SYSTEM_PROGRAMS])];
}

function shown(name: VariableName, text: string): string {
  return VARIABLES[name].secret
    ? 'cannot be used (its value is not shown)'
    : `is ${JSON.stringify(text.slice(0, 100))}`;
}

function invalid(variables: readonly string[], sentences: readonly string[]): DomainError {
  return new DomainError('CONFIG_INVALID', sentences.join(' '), { details: { variables } });
}
