import { isProblem, localError } from './acme-error.js';
import { makeAccountKey, readAccountKey } from './account-keys.js';
import { writeAccount, type AcmeAccount } from './account-store.js';
import { findByKey, type AccountContext } from './find-account.js';
import { jwsSigner } from './jws.js';
import { signedRequest } from './signed-request.js';

/**
 * Gives an account a new key (RFC 8555 §7.3.5), that of `toThumbprint` or a fresh one. Orders under way and new ones go on: until the
 * web server's line has the new thumbprint, their challenges are answered by files. Killed at any point, the next
 * `openAccount` finds out which key the CA has. The old key stays on the disk.
 * @throws AcmeError
 */
export async function rollAccountKey(
  context: AccountContext,
  record: AcmeAccount,
  toThumbprint?: string,
): Promise<AcmeAccount> {
  const { paths } = context;
  const pending =
    record.nextThumbprint === null
      ? { ...record, nextThumbprint: toThumbprint ?? (await makeAccountKey(paths)).thumbprint }
      : record;
  if (pending.nextThumbprint === record.thumbprint) {
    return record;
  }
  await writeAccount(paths, pending);
  return finishRollover(context, pending);
}

/** Idempotent: asks the CA first whether it knows the new key already. */
export async function finishRollover(context: AccountContext, record: AcmeAccount): Promise<AcmeAccount> {
  const { paths, connection, signal, log } = context;
  if (record.nextThumbprint === null) {
    return record;
  }
  const next = await readAccountKey(paths, record.nextThumbprint);
  const nextSigner = await jwsSigner(next.privateKey);
  if (record.url !== null && (await findByKey(connection, nextSigner, signal)) === undefined) {
    const signer = await jwsSigner((await readAccountKey(paths, record.thumbprint)).privateKey);
    const { keyChange } = await connection.directory(signal);
    const inner = nextSigner.sign(keyChange, { account: record.url, oldKey: signer.jwk }, {});
    await signedRequest(connection, signer, { url: keyChange, payload: inner, accountUrl: record.url, signal });
    if ((await findByKey(connection, nextSigner, signal)) !== record.url) {
      throw localError('local:notAcme', 'The CA took the new account key and does not know it.');
    }
  }
  const rolled = { ...record, thumbprint: next.thumbprint, nextThumbprint: null };
  await writeAccount(paths, rolled);
  log(`The account ${record.url ?? record.name} has a new key, with the thumbprint ${rolled.thumbprint}.`);
  return rolled;
}

/** For good (RFC 8555 §7.3.6): what the CA thinks of it is kept, and its key is not used there again. Idempotent. */
export async function deactivateAccount(context: AccountContext, record: AcmeAccount): Promise<AcmeAccount> {
  if (record.deactivated) {
    return record;
  }
  if (record.url !== null) {
    const signer = await jwsSigner((await readAccountKey(context.paths, record.thumbprint)).privateKey);
    const request = {
      url: record.url,
      payload: { status: 'deactivated' },
      accountUrl: record.url,
      signal: context.signal,
    };
    await signedRequest(context.connection, signer, request).catch(alreadyGone);
  }
  const gone = { ...record, deactivated: true };
  await writeAccount(context.paths, gone);
  context.log(`The account ${record.url ?? record.name} is deactivated.`);
  return gone;
}

function alreadyGone(error: unknown): void {
  if (!isProblem(error, 'unauthorized', 'accountDoesNotExist')) {
    throw error;
  }
}
