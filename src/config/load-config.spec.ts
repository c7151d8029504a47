import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../shared/domain-error.js';
import type { Role } from './config.js';
import { loadConfig } from './load-config.js';
import { renderEnvExample, VARIABLES } from './variables.js';
import { environmentSchema } from './environment-schema.js';

const REDIS = 'redis://r:hush@127.0.0.1:6379/0';
const DATABASE = 'mysql://u:hush@127.0.0.1:3306/hler';

function load(env: Record<string, string> = {}, role: Role = 'up', cwd = '/srv/clone') {
  return loadConfig(role, { env, cwd, home: '/home/ada', cores: 3 });
}

function refusal(env: Record<string, string>, role: Role = 'up'): DomainError {
  try {
    load(env, role);
  } catch (error) {
    if (error instanceof DomainError) {
      return error;
    }
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('loadConfig', () => {
  it('has a default for everything that `hler up` needs', () => {
    expect(load({ PATH: '/opt/bin:relative:/usr/bin' })).toEqual({
      role: 'up',
      paths: expect.objectContaining({ root: '/srv/clone/var', mariadb: '/srv/clone/var/mariadb' }),
      databaseUrl: null,
      redisUrl: null,
      apiHost: '127.0.0.1',
      apiUrl: null,
      apiToken: null,
      graphiql: false,
      ports: { HLER_API_PORT: 4280, HLER_HTTP_PORT: 8280, HLER_HTTPS_PORT: 8443, HLER_BACKEND_PORT: 8081 },
      statedPorts: [],
      httpAddresses: ['127.0.0.1'],
      httpConsumer: 'nginx',
      tlsConsumer: null,
      backends: [],
      httpDaemon: 'own',
      httpSystemConfig: null,
      platformRoots: ['/srv/clone/var/platforms', '/srv/clone'],
      phpSocket: '/run/php/php-fpm.sock',
      renewalEveryMs: 20_000,
      runnerConcurrency: 64,
      workerThreads: 3,
      logFormat: 'text',
      logLevel: 'info',
      programPath: ['/opt/bin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/sbin', '/bin'],
    });
  });

  it("serves on the machine's own web server where the world asks, unless ports are stated", () => {
    const system = { HLER_HTTP_DAEMON: 'system', HLER_HTTP_SYSTEM_CONFIG: '/opt/nginx/nginx.conf' };
    expect(load(system)).toMatchObject({
      httpDaemon: 'system',
      httpSystemConfig: '/opt/nginx/nginx.conf',
      ports: { HLER_HTTP_PORT: 80, HLER_HTTPS_PORT: 443 },
    });
    expect(load({ ...system, HLER_HTTP_PORT: '8080' }).ports).toMatchObject({
      HLER_HTTP_PORT: 8080,
      HLER_HTTPS_PORT: 443,
    });
  });

  it('keeps the state of a service under /var/lib/hler', () => {
    expect(load({ HLER_REDIS_URL: REDIS }, 'runner').paths.root).toBe('/var/lib/hler');
  });

  it('reads where a TLS front passes requests on to', () => {
    const front = { HLER_TLS_CONSUMER: 'pound', HLER_BACKENDS_CA: '/etc/ca.pem' };
    expect(load({ ...front, HLER_BACKENDS: 'http://192.0.2.7:8081, http://[2001:db8::1]' })).toMatchObject({
      tlsConsumer: 'pound',
      backends: [
        { address: '192.0.2.7', port: 8081, https: null },
        { address: '[2001:db8::1]', port: 80, https: null },
      ],
    });
    expect(load({ ...front, HLER_BACKENDS: 'https://web2.example:8443' }).backends).toEqual([
      { address: 'web2.example', port: 8443, https: { serverName: 'web2.example', caFile: '/etc/ca.pem' } },
    ]);
  });

  it.each([
    [{ HLER_BACKENDS: 'http://192.0.2.7' }],
    [{ HLER_TLS_CONSUMER: 'pound', HLER_BACKENDS: 'http://192.0.2.7/path' }],
    [{ HLER_TLS_CONSUMER: 'pound', HLER_BACKENDS: 'http://192.0.2.7,https://web2.example' }],
    [{ HLER_TLS_CONSUMER: 'pound', HLER_BACKENDS: 'ftp://192.0.2.7' }],
    [{ HLER_TLS_CONSUMER: 'pound', HLER_HTTP_CONSUMER: 'apache', HLER_BACKENDS: 'https://web2.example' }],
    [{ HLER_TLS_CONSUMER: 'pound', HLER_BACKEND_PORT: '8280' }],
    [{ HLER_TLS_CONSUMER: 'nginx' }],
    [{ HLER_TLS_CONSUMER: 'pound', HLER_HTTP_DAEMON: 'system' }],
  ])('refuses %j', (env) => {
    expect(() => load(env)).toThrow(/HLER_(BACKEND|TLS)/);
  });

  it('reads what is stated', () => {
    const config = load({
      HLER_ROOT: 'state',
      HLER_API_HOST: '[::1]',
      HLER_API_PORT: '80',
      HLER_HTTP_ADDRESSES: '*, ::1',
      HLER_PLATFORM_ROOTS: '/srv/a:/srv/b',
      HLER_PHP_SOCKET: '/run/php/php8.2-fpm.sock',
      HLER_RENEWAL_SECONDS: '5',
      HLER_WORKER_THREADS: '2',
      HLER_GRAPHIQL: 'true',
      HLER_DATABASE_URL: DATABASE,
    });
    expect(config).toMatchObject({
      paths: { root: '/srv/clone/state' },
      apiHost: '::1',
      ports: { HLER_API_PORT: 80 },
      statedPorts: ['HLER_API_PORT'],
      httpAddresses: ['*', '[::1]'],
      platformRoots: ['/srv/a', '/srv/b'],
      phpSocket: '/run/php/php8.2-fpm.sock',
      renewalEveryMs: 5_000,
      workerThreads: 2,
      graphiql: true,
    });
    expect(config.databaseUrl?.reveal()).toBe(DATABASE);
  });

  it('is frozen in depth', () => {
    const config = load();
    expect([config, config.paths, config.ports, config.platformRoots].every(Object.isFrozen)).toBe(true);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(load({ HLER_API_PORT: '', HLER_DATABASE_URL: '' })).toEqual(load());
  });

  it('does not open the home directory, or what holds it, to platforms', () => {
    for (const cwd of ['/home/ada', '/home', '/']) {
      expect(load({ HLER_ROOT: '/srv/var' }, 'up', cwd).platformRoots).toEqual(['/srv/var/platforms']);
    }
  });

  it.each([
    ['HLER_API_PORT', '0'],
    ['HLER_API_PORT', '65536'],
    ['HLER_HTTP_PORT', '80.5'],
    ['HLER_HTTPS_PORT', '0x1F90'],
    ['HLER_API_HOST', 'a host'],
    ['HLER_HTTP_ADDRESSES', '127.0.0.1,example.org'],
    ['HLER_HTTP_ADDRESSES', '127.0.0.1;'],
    ['HLER_PLATFORM_ROOTS', 'relative'],
    ['HLER_PLATFORM_ROOTS', ':'],
    ['HLER_RUNNER_CONCURRENCY', '0'],
    ['HLER_WORKER_THREADS', 'many'],
    ['HLER_LOG_FORMAT', 'xml'],
    ['HLER_LOG_LEVEL', 'INFO'],
    ['HLER_GRAPHIQL', 'yes'],
    ['HLER_DATABASE_URL', 'postgres://u:hush@h/d'],
    ['HLER_DATABASE_URL', 'mysql://u:hush@h'],
    ['HLER_REDIS_URL', 'redis://u:hush@h/not-a-number'],
  ])('refuses %s=%j and names it', (name, text) => {
    const error = refusal({ [name]: text });
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', details: { variables: [name] } });
    expect(error.message).toMatch(new RegExp(`^${name} .*: it must be .*\\.$`));
    expect(error.message).not.toContain('hush');
  });

  it('refuses a root that configuration files cannot name, be it stated or the clone itself', () => {
    for (const root of ['/srv/my files', '/srv/{x}', '/srv/\u0007', '/']) {
      expect(refusal({ HLER_ROOT: root })).toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(/^HLER_ROOT .* Set it to another directory\.$/),
      });
    }
    expect(() => load({}, 'up', '/home/ada/my clone')).toThrow('Set it to another directory');
  });

  it('names every variable that is wrong at once', () => {
    const error = refusal({ HLER_API_PORT: 'x', HLER_LOG_LEVEL: 'y' });
    expect(error.message).toBe(
      'HLER_API_PORT is "x": it must be a whole number from 1 to 65535. ' +
        'HLER_LOG_LEVEL is "y": it must be one of error, warn, info, debug.',
    );
  });

  it('refuses a variable that it does not know, but for those of the tests', () => {
    expect(refusal({ HLER_HTTPS_PROT: '1' }).message).toContain('HLER_HTTPS_PROT is not a variable of Hlér');
    expect(load({ HLER_TEST_DRUPAL: '/srv/drupal' })).toEqual(load());
  });

  it('refuses two uses of one port', () => {
    expect(refusal({ HLER_API_PORT: '8443' }).message).toContain('HLER_API_PORT and HLER_HTTPS_PORT are the same port');
  });

  it('lets only `hler up` do without database and Redis', () => {
    expect(refusal({}, 'api').details).toEqual({ variables: ['HLER_DATABASE_URL', 'HLER_REDIS_URL'] });
    expect(refusal({ HLER_REDIS_URL: REDIS }, 'relay').details).toEqual({ variables: ['HLER_DATABASE_URL'] });
    expect(refusal({}, 'runner').details).toEqual({ variables: ['HLER_REDIS_URL'] });
  });
});

describe('.env.example', () => {
  it('lists every variable with its default and its sentence', () => {
    expect(readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')).toBe(renderEnvExample());
    expect(Object.keys(VARIABLES)).toEqual(Object.keys(environmentSchema.shape));
  });
});
