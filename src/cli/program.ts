import { Command, InvalidArgumentError } from 'commander';
import type { RenewOptions } from './commands/renew.js';
import type { TokenCreateOptions } from './commands/token-create.js';

/** The command line of Hlér. Each command loads only what it needs, so that `hler --help` answers at once. */
export function program(): Command {
  const hler = new Command('hler').description('A headless provisioning API for Drupal hosting.').showHelpAfterError();

  hler
    .command('up')
    .description('everything in one process: api, relay, runner, with a private MariaDB, Redis and web server')
    .action(async () => (await import('./commands/up.js')).runUp());

  hler
    .command('quickstart')
    .description('hler up, and a first site on HTTPS')
    .option('--once', 'verify the site over HTTPS, stop everything, and exit 0 only if it was served')
    .action(async (options: { readonly once?: boolean }) =>
      (await import('./commands/quickstart.js')).runQuickstart(options.once === true),
    );

  for (const role of ['api', 'relay'] as const) {
    hler
      .command(role)
      .description(`only the role ${role}; needs HLER_DATABASE_URL and HLER_REDIS_URL`)
      .action(async () => (await import('./commands/control-plane.js')).runControlPlane(role));
  }

  const runner = hler
    .command('runner')
    .description('only the runner of this server; needs HLER_REDIS_URL')
    .action(async () => (await import('./commands/runner.js')).runRunner());
  runner
    .command('enrolment')
    .description('print how this server introduces itself, for registerServer')
    .action(async () => (await import('./commands/runner.js')).printEnrolment());

  hler
    .command('server')
    .description('this machine')
    .command('adopt')
    .description("print the lines that let the machine's own web server serve the sites; changes nothing")
    .option('--user <name>', 'the account that the runner runs as; by default whoever asks')
    .action(async ({ user }: { readonly user?: string }) =>
      (await import('./commands/server-adopt.js')).printAdoption(user),
    );

  hler
    .command('renew')
    .description(
      'renew every certificate that is due, for cron; exits 0 when all is well, 1 when not, 2 when it could not run',
    )
    .option('--dry-run', 'say what would be renewed')
    .option('--force <name>', 'renew the certificates with this name, due or not')
    .option('--within <minutes>', 'what has not ended by then has failed', minutes, 30)
    .action(async (options: RenewOptions) => (await import('./commands/renew.js')).runRenew(options));

  const token = hler.command('token').description('API tokens');
  token
    .command('create')
    .description('make a token and print it; it cannot be shown again')
    .requiredOption('--label <text>', 'what it is for; operations name it')
    .option('--operator', 'it may do everything')
    .option('--client <name>', 'it may do what the client of that machine name may')
    .option('--expires <date>', 'when it stops working (ISO 8601)')
    .action(async (options: TokenCreateOptions) =>
      (await import('./commands/token-create.js')).runTokenCreate(options),
    );
  token
    .command('list')
    .description('the tokens that work; never their texts')
    .option('--all', 'also those that were revoked or have expired')
    .action(async (options: { readonly all?: boolean }) =>
      (await import('./commands/token-list.js')).runTokenList(options),
    );
  token
    .command('revoke <id>')
    .description('make a token useless, from the next request on')
    .action(async (id: string) => (await import('./commands/token-revoke.js')).runTokenRevoke(id));

  hler
    .command('control-plane')
    .description('the control plane')
    .command('keys')
    .description('print its public keys, for keys/control-plane.pub.json of a server with only a runner')
    .action(async () => (await import('./commands/control-plane.js')).printKeys());

  return hler;
}

function minutes(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) {
    throw new InvalidArgumentError('A whole number from 1 to 9999 is wanted.');
  }
  return Number(text);
}
