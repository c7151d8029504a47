import { z } from 'zod';
import { DomainError } from '../../src/shared/domain-error.js';
import { absolutePath, accountInput, caInput } from '../acme/acme-inputs.js';
import { acmeFailure } from '../acme/acme-failure.js';
import { AcmePaths } from '../acme/acme-paths.js';
import { defaultAccountKey, setDefaultAccountKey } from '../acme/account-keys.js';
import { readAccount, type AcmeAccount } from '../acme/account-store.js';
import { connectionTo } from '../acme/ca-connection.js';
import { findByKey, type AccountContext } from '../acme/find-account.js';
import { jwsSigner } from '../acme/jws.js';
import { accountKeyFor, openAccount } from '../acme/open-account.js';
import { deactivateAccount, rollAccountKey } from '../acme/roll-account-key.js';
import { defineTask } from '../define-task.js';

const input = z.object({
  serverId: z.uuid(),
  acmeDirectory: absolutePath,
  ca: caInput,
  account: accountInput,
  action: z.discriminatedUnion('kind', [
    /** Makes the key, and asks no CA: its thumbprint is to be served before the first order. */
    z.object({ kind: z.literal('PREPARE') }),
    /** Makes sure that the CA knows the account, by asking it each time: what a test of the provider does. */
    z.object({ kind: z.literal('REGISTER') }),
    /**
     * To a fresh key; where the accounts of this server share one, to the one that another of them has got already. The line of the
     * web server has to answer with it from then on, and not with the old one, which somebody else may have.
     */
    z.object({
      kind: z.literal('ROLL_KEY'),
      /** The key that is to go: with another in its place the work is done already. */
      fromThumbprint: z.string(),
    }),
    z.object({ kind: z.literal('DEACTIVATE') }),
  ]),
});
type Input = z.infer<typeof input>;

/**
 * Looks after the server's account at a CA. Idempotent; killed at any point it finds out from the CA how far it came. Output:
 * `thumbprint`, and `accountUrl` (null before it is registered). Fields of the server: `acmeThumbprint`, where another key answers for it now.
 * A deactivation is for good, and there is no undo of any of it.
 * Errors: ACME_REFUSED (terms, external account, contact), ACME_UNAVAILABLE, ACME_ACCOUNT_UNUSABLE, OPERATION_CANCELLED.
 */
export default defineTask<Input>({
  name: 'server.acme-account',
  input,
  async run({ serverId, acmeDirectory, ca, account, action }, context) {
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
      const { thumbprint: acmeThumbprint } = record;
      const answers = action.kind === 'ROLL_KEY' && !account.ownKey;
      return {
        status: same ? 'NOTHING_TO_DO' : 'SUCCESS',
        output: { thumbprint: record.thumbprint, accountUrl: record.url, deactivated: record.deactivated },
        ...(answers && { fields: [{ subject: 'server', id: serverId, fields: { acmeThumbprint } }] }),
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
      const { record } = await openAccount(work, account);
      const done = record.thumbprint !== action.fromThumbprint;
      const rolled = done
        ? record
        : await rollAccountKey(work, record, account.ownKey ? undefined : await keyToFollow(work, record));
      if (!account.ownKey) {
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

/** The key that another account of this server has got already; undefined: it has that one, or the CA knows somebody else by it. */
async function keyToFollow(
  { paths, connection, signal }: AccountContext,
  record: AcmeAccount,
): Promise<string | undefined> {
  const { thumbprint, privateKey } = await defaultAccountKey(paths);
  if (thumbprint === record.thumbprint) {
    return undefined;
  }
  const taken = await findByKey(connection, await jwsSigner(privateKey), signal);
  return taken === undefined || taken === record.url ? thumbprint : undefined;
}
