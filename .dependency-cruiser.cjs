/**
 * Which file may import which, held by `npm run deps:check`. Each rule's comment says what to do instead.
 * Test files are free: they put together what they try.
 */

// Files that put the parts together and therefore see all of them.
const COMPOSITION = '^src/([^/]+\\.ts$|cli/)';
const NOUNS = ['clients', 'servers', 'platforms', 'certificates', 'sites', 'operations'];

/** For each module, the modules it may import. `shared` is open to all, `graphql` and `database` as further rules say. */
const ALLOWED = {
  shared: [],
  config: [],
  consumers: [],
  operations: [],
  clients: [],
  servers: ['clients', 'operations', 'consumers'],
  platforms: ['clients', 'servers', 'operations'],
  certificates: ['clients', 'servers', 'operations'],
  sites: ['clients', 'servers', 'platforms', 'certificates', 'consumers', 'operations'],
  graphql: [],
  database: ['config'],
  queue: ['operations'],
  runner: ['queue', 'operations', 'consumers'],
  'private-services': ['config', 'consumers'],
};

const anyOf = (names) => `(${names.join('|')})`;

const between = Object.entries(ALLOWED).map(([name, allowed]) => ({
  name: `arrows-of-${name}`,
  severity: 'error',
  comment:
    `${name} imports ${['shared', ...allowed].join(', ')} and nothing else of src/. What it needs of a module above it, ` +
    'it declares as an abstract class of its own, which that module implements (see CertificateDeployments); what it has ' +
    'to tell, it publishes. A new arrow must not close a circle: say why in docs/adr/ and add it to ALLOWED.',
  from: { path: `^src/${name}/` },
  to: {
    path: '^src/',
    pathNot: [
      `^src/${anyOf([name, 'shared', ...allowed])}/`,
      // Ruled below, by folder.
      ...(NOUNS.includes(name) ? ['^src/(graphql|database)/'] : []),
    ],
  },
}));

module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      comment:
        'A circle has no beginning to read from. Move what both sides need into the lower one, or let the upper one ' +
        'implement an abstract class of the lower one.',
      from: {},
      to: { circular: true },
    },
    ...between,

    // Inside a module: domain ← application ← (adapters, graphql).
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment:
        'A domain decides over plain data. What it needs to know comes in as an argument: let the use case in ' +
        'application/ fetch it, or move the decision that needs no effect down here.',
      from: { path: '^src/([^/]+)/domain/' },
      to: { path: '^src/$1/(application|adapters|graphql)/|^src/(graphql|database|queue|config)/|^workers/' },
    },
    {
      name: 'domain-knows-no-framework',
      severity: 'error',
      comment:
        'Nest, TypeORM, Bull and GraphQL stay out of domain/: declare the type here and map it in adapters/ or graphql/.',
      from: { path: '^src/([^/]+)/domain/' },
      to: { path: 'node_modules/(@nestjs|typeorm|bull|ioredis|graphql|mysql2|piscina)(/|$)' },
    },
    {
      name: 'application-knows-ports-only',
      severity: 'error',
      comment:
        'A use case asks an abstract class beside it (…-store.ts), never an adapter, an entity or a GraphQL type: add ' +
        'the method to the port and implement it in adapters/; map to GraphQL types in the resolver.',
      from: { path: '^src/([^/]+)/application/' },
      to: { path: '^src/$1/(adapters|graphql)/|^src/(graphql|database|queue)/|^workers/' },
    },
    {
      name: 'application-knows-no-transport',
      severity: 'error',
      comment:
        'A use case takes plain input and an Actor. Decorators of GraphQL and of TypeORM belong to graphql/ and adapters/.',
      from: { path: '^src/([^/]+)/application/' },
      to: { path: 'node_modules/(@nestjs/graphql|@nestjs/bull|typeorm|bull|ioredis|graphql|mysql2|piscina)(/|$)' },
    },
    {
      name: 'adapters-and-graphql-do-not-meet',
      severity: 'error',
      comment:
        'A resolver calls a use case; it does not read the database. Put the reading behind the use case’s port.',
      from: { path: '^src/([^/]+)/graphql/' },
      to: { path: '^src/[^/]+/adapters/|^src/(database|queue)/' },
    },
    {
      name: 'adapters-do-not-know-graphql',
      severity: 'error',
      comment: 'An adapter answers domain types. Mapping to GraphQL types is the resolver’s.',
      from: { path: '^src/([^/]+)/adapters/' },
      to: { path: '^src/[^/]+/graphql/|^src/graphql/' },
    },
    {
      name: 'only-graphql-folders-use-src-graphql',
      severity: 'error',
      comment: 'src/graphql serves resolvers. What use cases need of it too belongs into src/shared.',
      from: { path: `^src/${anyOf(NOUNS)}/`, pathNot: '^src/[^/]+/(graphql/|index\\.ts$)' },
      to: { path: '^src/graphql/' },
    },
    {
      name: 'only-adapters-use-src-database',
      severity: 'error',
      comment: 'Reach the database through a store: an abstract class in application/, implemented in adapters/.',
      from: { path: '^src/', pathNot: ['^src/[^/]+/adapters/', '^src/database/', COMPOSITION] },
      to: { path: '^src/database/' },
    },

    // Between modules.
    {
      name: 'through-the-index',
      severity: 'error',
      comment:
        'Another module is used through its index.ts: export there what others may rely on. Free are the files that put ' +
        'modules together (src/*.ts, src/cli, *.module.ts), and src/shared, src/database and src/queue, which have no front door.',
      from: { path: '^src/([^/]+)/', pathNot: [COMPOSITION, '\\.module\\.ts$'] },
      to: {
        path: `^src/${anyOf([...NOUNS, 'consumers', 'config', 'private-services', 'graphql', 'runner'])}/`,
        pathNot: [
          '^src/$1/',
          '^src/[^/]+/index\\.ts$',
          // The queue carries what operations speak, and delivers to their use cases; the runner is written against the same words.
          '^src/operations/(domain|application)/',
        ],
      },
    },
    {
      name: 'operations-are-deep-for-queue-and-runner-only',
      severity: 'error',
      comment:
        'Nouns use operations through its index.ts; only src/queue (all) and src/runner (domain) see more of it.',
      from: {
        path: '^src/',
        pathNot: ['^src/operations/', '^src/queue/', '^src/runner/', COMPOSITION, '\\.module\\.ts$'],
      },
      to: { path: '^src/operations/', pathNot: '^src/operations/index\\.ts$' },
    },
    {
      name: 'runner-knows-the-words-of-operations',
      severity: 'error',
      comment:
        'A runner has no control plane beside it: it may know orders, events and tasks (operations/domain), not stores ' +
        'and use cases. What it needs has to come with the order.',
      from: { path: '^src/runner/' },
      to: { path: '^src/operations/', pathNot: '^src/operations/domain/' },
    },
    {
      name: 'workers-are-called-by-protocol',
      severity: 'error',
      comment:
        'Threads are reached through the pool: src/ may import workers/protocol.ts. The composition roots may import the ' +
        'list of tasks for the boot audit, and run-command for what they run themselves.',
      from: { path: '^src/', pathNot: COMPOSITION },
      to: { path: '^workers/', pathNot: '^workers/protocol\\.ts$' },
    },

    // Threads.
    {
      name: 'workers-are-plain',
      severity: 'error',
      comment:
        'A thread gets plain data and gives plain data. Use src/shared, a domain or a consumer; what the task needs to ' +
        'know comes with its input, put there by the planner.',
      from: { path: '^workers/' },
      to: { path: '^src/', pathNot: ['^src/shared/', '^src/[^/]+/domain/', '^src/consumers/'] },
    },
    {
      name: 'workers-know-no-framework',
      severity: 'error',
      comment: 'Neither Nest nor TypeORM nor Bull starts in a thread: a task computes, runs commands and writes files.',
      from: { path: '^workers/' },
      to: { path: 'node_modules/(@nestjs|typeorm|bull|ioredis|mysql2)(/|$)' },
    },
    {
      name: 'threads-load-no-framework',
      severity: 'error',
      comment:
        'Something that a worker imports leads to Nest, TypeORM or Bull, so every thread would load it. Import the file ' +
        'in domain/ that you need instead of an index.ts, which opens the whole module.',
      from: { path: '^workers/' },
      to: { path: 'node_modules/(@nestjs|typeorm|bull|ioredis)(/|$)', reachable: true },
    },

    // Packages.
    {
      name: 'bull-behind-its-port',
      severity: 'error',
      comment:
        'Use MessageQueue (src/queue/message-queue.ts). Only src/queue and the runner’s process open a Bull queue.',
      from: { path: '^(src|workers)/', pathNot: ['^src/queue/', '^src/runner/runner-process\\.ts$'] },
      to: { path: 'node_modules/(bull|@nestjs/bull)(/|$)' },
    },
    {
      name: 'redis-behind-the-queue',
      severity: 'error',
      comment: 'Redis is reached through src/queue; what runs a private one may ask whether it answers.',
      from: { path: '^(src|workers)/', pathNot: ['^src/queue/', '^src/private-services/'] },
      to: { path: 'node_modules/ioredis(/|$)' },
    },
    {
      name: 'typeorm-in-adapters',
      severity: 'error',
      comment:
        'TypeORM is known to adapters/, src/database and the files that put them together. Add a method to the store.',
      from: { path: '^(src|workers)/', pathNot: ['^src/[^/]+/adapters/', '^src/database/', COMPOSITION] },
      to: { path: 'node_modules/typeorm(/|$)' },
    },
    {
      name: 'mysql-behind-the-database',
      severity: 'error',
      comment: 'Database connections are made by src/database; what runs a private MariaDB may ask whether it answers.',
      from: { path: '^(src|workers)/', pathNot: ['^src/database/', '^src/private-services/'] },
      to: { path: 'node_modules/mysql2(/|$)' },
    },
    {
      name: 'piscina-in-the-runner',
      severity: 'error',
      comment:
        'Work for threads is an operation’s task: plan it, and the runner hands it to the pool. The API has threads of its own ' +
        'for uploads alone, because a key has to be read before anything may be stored.',
      from: {
        path: '^(src|workers)/',
        pathNot: ['^src/runner/worker-pool\\.ts$', '^src/certificates/adapters/thread-upload-reader\\.ts$'],
      },
      to: { path: 'node_modules/piscina(/|$)' },
    },
    {
      name: 'nothing-undeclared',
      severity: 'error',
      comment:
        'Name the package in dependencies of package.json: what is not there is missing where Hlér is installed.',
      from: { path: '^(src|workers)/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown'],
        // Types only, and the page that src/graphql inlines where it is installed.
        pathNot: 'node_modules/(@types|@graphql-yoga/render-graphiql)(/|$)',
      },
    },
    {
      name: 'nothing-missing',
      severity: 'error',
      comment: 'The import leads nowhere: correct its path.',
      from: { path: '^(src|workers)/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'Nobody imports the file and it imports nobody: use it, or delete it.',
      from: { orphan: true, path: '^(src|workers)/', pathNot: '\\.d\\.ts$' },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['\\.spec\\.ts$', '\\.fixture\\.ts$'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
