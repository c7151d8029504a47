import { z } from 'zod';
import { DomainError } from '../../src/shared/domain-error.js';
import { absolutePath, accountInput, caInput } from '../acme/acme-inputs.js';
import { acmeFailure } from '../acme/acme-failure.js';
import { AcmePaths } from '../acme/acme-paths.js';
import { setDefaultAccountKey } from '../acme/account-keys.js';
import { readAccount } from '../acme/account-store.js';
import { connectionTo } from '../acme/ca-connection.js';
import type { AccountContext } from '../acme/find-account.js';
import { accountKeyFor, openAccount } from '../acme/open-account.js';
import { deactivateAccount, rollAccountKey } from '../acme/roll-account-key.js';
import { defineTask } from '../define-task.js';

const input = z.object({
  acmeDirectory: absolutePath,
  ca: caInput,
  account: accountInput,
  action: z.discriminatedUnion('kind', [
    /** Makes the key, and asks no CA: its thumbprint is to be served before the first order. */
    z.object({ kind: z.literal('PREPARE') }),
    /** Makes sure that the CA knows the account, by asking it each time: what a test of the provider does. */
    z.object({ kind: z.literal('REGISTER') }),
    /** To a fresh key, or to one that another account has got already, so that one line still serves both. */
    z.object({
      kind: z.literal('ROLL_KEY'),
      /** The key that is to go: with another in its place the work is done already. */
      fromThumbprint: z.string(),
      toThumbprint: z
        .string()
        .regex(/^[A-Za-z0-9_-]{43}$/)
        .nullable()
        .default(null),
      /** From now on accounts without a key of their own get it. */
      makeDefault: z.boolean().default(false),
    }),
    z.object({ kind: z.literal('DEACTIVATE') }),
  ]),
});
type Input = z.infer<typeof input>;

/**
 * Looks after the server's account at a CA. Idempotent; killed at any point it finds out from the CA how far it came. Output:
 * `thumbprint`, which the web server's line has to answer with, and `accountUrl` (null before it is registered).
 * A deactivation is for good, and there is no undo of any of it.
 * Errors: ACME_REFUSED (terms, external account, contact), ACME_UNAVAILABLE, ACME_ACCOUNT_UNUSABLE, OPERATION_CANCELLED.
 */
export default defineTask<Input>({
  name: 'server.acme-account',
  input,
  async run({ acmeDirectory, ca, account, action }, context) {
    const paths = new AcmePaths(acmeDirectory);
    const before = await readAccount(paths, ca.directoryUrl, account.name);
    const work: AccountContext = {
      paths,
      connection: connectionTo(ca),
      signal: context.signal,
      log: (message) => context.log('INFO', message),
    };
    try {
      const record = await act(work, { account, action });
      const same = JSON.stringify(before) === JSON.stringify(record);
      return {
        status: same ? 'NOTHING_TO_DO' : 'SUCCESS',
        output: { thumbprint: record.thumbprint, accountUrl: record.url, deactivated: record.deactivated },
      };
    } catch (error) {
      throw acmeFailure(error, 'the account was ready', new Date());
    }
  },
});

async function act(work: AccountContext, { account, action }: Pick<Input, 'account' | 'action'>) {
  const { paths, connection } = work;
  const { directoryUrl } = connection.ca;
  const known = () => readAccount(paths, directoryUrl, account.name);
  switch (action.kind) {
    case 'PREPARE':
      await accountKeyFor(paths, directoryUrl, account);
      break;
    case 'REGISTER':
      await openAccount(work, account, true);
      break;
    case 'ROLL_KEY': {
      const open = await openAccount(work, account);
      const done = open.record.thumbprint !== action.fromThumbprint;
      const rolled = done ? open.record : await rollAccountKey(work, open.record, action.toThumbprint ?? undefined);
      if (action.makeDefault) {
        await setDefaultAccountKey(paths, rolled.thumbprint);
      }
      break;
    }
    case 'DEACTIVATE': {
      const record = await known();
      if (record !== undefined) {
        await deactivateAccount(work, record);
      }
      break;
    }
  }
  const record = await known();
  if (record === undefined) {
    throw new DomainError(
      'ACME_ACCOUNT_UNUSABLE',
      `There is no account "${account.name}" at ${directoryUrl} on this server.`,
    );
  }
  return record;
}
