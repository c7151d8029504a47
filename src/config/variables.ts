import type { VariableName } from './environment-schema.js';

export interface VariableDescription {
  /** The text that is parsed when the variable is not set; empty: there is none, `about` says what happens. */
  readonly default: string;
  /** One sentence for the person who sets it. */
  readonly about: string;
  /** Its value is never shown, not even in an error. */
  readonly secret?: true;
}

/** Every environment variable of Hlér, in the order of `.env.example`, which a test holds against this table. */
export const VARIABLES: { readonly [name in VariableName]: VariableDescription } = {
  HLER_ROOT: {
    default: '',
    about: 'Directory that holds all state; when empty, ./var for `hler up` and /var/lib/hler otherwise.',
  },
  HLER_DATABASE_URL: {
    default: '',
    about:
      'mysql://user:password@host:3306/database, or …@localhost/database?socketPath=/path; when empty, `hler up` runs a private MariaDB.',
    secret: true,
  },
  HLER_REDIS_URL: {
    default: '',
    about:
      'redis://user:password@host:6379/0, rediss://… or redis://user:password@localhost/0?path=/path; when empty, `hler up` runs a private Redis.',
    secret: true,
  },
  HLER_API_HOST: { default: '127.0.0.1', about: 'Address that the API listens on.' },
  HLER_API_PORT: {
    default: '4280',
    about: 'Port of the API; left out, `hler up` takes the next free one when it is busy and keeps to it.',
  },
  HLER_API_URL: {
    default: '',
    about: 'GraphQL endpoint that `hler renew` calls; when empty, the API of this installation.',
  },
  HLER_TOKEN: {
    default: '',
    about: 'Token that `hler renew` shows; when empty, it makes one for itself where the database can be reached.',
    secret: true,
  },
  HLER_HTTP_PORT: {
    default: '8280',
    about:
      "Port that sites are served on over HTTP; left out, chosen like the port of the API, and 80 on the machine's own server.",
  },
  HLER_HTTPS_PORT: {
    default: '8443',
    about:
      "Port that sites are served on over HTTPS; left out, chosen like the port of the API, and 443 on the machine's own server.",
  },
  HLER_HTTP_ADDRESSES: {
    default: '127.0.0.1',
    about: 'Addresses that sites are served on, separated by commas; * and [::] mean all.',
  },
  HLER_HTTP_CONSUMER: { default: 'nginx', about: 'The web server that serves the sites: nginx or apache.' },
  HLER_TLS_CONSUMER: {
    default: '',
    about:
      'pound takes TLS off before the web server, on the public ports; when empty, the web server does that itself.',
  },
  HLER_BACKEND_PORT: {
    default: '8081',
    about: 'Port of 127.0.0.1 that the web server has behind a TLS front; left out, chosen like the port of the API.',
  },
  HLER_BACKENDS: {
    default: '',
    about:
      'URLs that a TLS front passes requests on to, separated by commas, such as http://192.0.2.7:8081 or https://web2.example:8443 (verified by nginx of this machine); when empty, the web server of this machine.',
  },
  HLER_BACKENDS_CA: {
    default: '',
    about: 'File of the authorities that HLER_BACKENDS over HTTPS are verified with; when empty, those of the system.',
  },
  HLER_HTTP_DAEMON: {
    default: 'own',
    about:
      "own: Hlér runs a web server of its own; system: the machine's own serves, opened to Hlér by what `hler server adopt` prints.",
  },
  HLER_HTTP_SYSTEM_CONFIG: {
    default: '',
    about: "Main configuration file of the machine's own web server; when empty, where Debian has it.",
  },
  HLER_PLATFORM_ROOTS: {
    default: '',
    about:
      'Directories, separated by colons, below which code bases may live; when empty, platforms/ of HLER_ROOT and, for `hler up`, the current directory unless it holds your home directory.',
  },
  HLER_PHP_SOCKET: {
    default: '/run/php/php-fpm.sock',
    about: 'Socket of PHP-FPM for Drupal sites that name none; the sockets that sites name lie in the same directory.',
  },
  HLER_RENEWAL_SECONDS: { default: '20', about: 'How often the schedule looks for certificates that are due.' },
  HLER_RUNNER_CONCURRENCY: { default: '64', about: 'How many operations a runner works on at once.' },
  HLER_WORKER_THREADS: { default: '', about: 'Threads that do the work of a runner; when empty, one per core.' },
  HLER_LOG_FORMAT: { default: 'text', about: 'text for people, json for machines.' },
  HLER_LOG_LEVEL: { default: 'info', about: 'The least important line that is logged: error, warn, info or debug.' },
  HLER_GRAPHIQL: { default: 'false', about: 'true serves the GraphiQL page at the GraphQL endpoint.' },
};

/** The text of `.env.example`. */
export function renderEnvExample(): string {
  const header = [
    '# Every setting of Hlér with its default. Copy what you change to .env, then: node --env-file=.env bin/hler.js up',
    '# A variable that is empty counts as not set. An unknown variable with the prefix HLER_ is refused.',
  ];
  const blocks = Object.entries(VARIABLES).map(
    ([name, { about, default: value }]) => `\n# ${about}\n#${name}=${value}`,
  );
  return `${[...header, ...blocks].join('\n')}\n`;
}
