import { isProblem, localError } from './acme-error.js';
import { makeAccountKey, readAccountKey, type AccountKey } from './account-keys.js';
import { readAccount, recordsOfAccount, writeAccount, type AcmeAccount } from './account-store.js';
import { findByKey, type AccountContext } from './find-account.js';
import { jwsSigner } from './jws.js';
import { signedRequest } from './signed-request.js';

/**
 * Gives an account a new key (RFC 8555 §7.3.5), that of `toThumbprint` or a fresh one, for all providers that share it. Orders under way
 * and new ones go on: until the web server's line has the new thumbprint, their challenges are answered by files. Killed at any
 * point, the next `openAccount` of any of them finds out which key the CA has. One that was cut off before is finished instead. The
 * old key stays on the disk.
 * @throws AcmeError; DomainError ACME_ACCOUNT_UNUSABLE when there is no key of `toThumbprint`
 */
export async function rollAccountKey(
  context: AccountContext,
  record: AcmeAccount,
  toThumbprint?: string,
): Promise<AcmeAccount> {
  const { paths } = context;
  const shared = await recordsOfAccount(paths, record);
  const cutOff = shared.find(({ nextThumbprint }) => nextThumbprint !== null);
  if (cutOff !== undefined) {
    await finishRollover(context, cutOff);
    // Else it had got that key, and another of them had not.
    if (cutOff.nextThumbprint !== record.thumbprint) {
      return (await readAccount(paths, record.directoryUrl, record.name)) ?? record;
    }
  }
  const next = toThumbprint === undefined ? await makeAccountKey(paths) : await readAccountKey(paths, toThumbprint);
  return next.thumbprint === record.thumbprint
    ? record
    : finishRollover(context, { ...record, nextThumbprint: next.thumbprint });
}

/** Idempotent: asks the CA first whether it knows the new key already. One that it has forgotten has no `url` after this. */
export async function finishRollover(context: AccountContext, record: AcmeAccount): Promise<AcmeAccount> {
  const { paths, log, trace } = context;
  if (record.nextThumbprint === null) {
    return record;
  }
  const next = await readAccountKey(paths, record.nextThumbprint);
  const shared = await recordsOfAccount(paths, record);
  const write = async (one: AcmeAccount): Promise<void> => {
    await trace?.('file');
    await writeAccount(paths, one);
  };
  // Before the CA is told, all of them know which key it may have.
  for (const one of shared) {
    if (one.thumbprint !== next.thumbprint && one.nextThumbprint !== next.thumbprint) {
      await write({ ...one, nextThumbprint: next.thumbprint });
    }
  }
  await trace?.('request');
  const isKnown = await tellCa(context, shared, next);
  const rolled = (one: AcmeAccount): AcmeAccount => ({
    ...one,
    url: isKnown ? one.url : null,
    thumbprint: next.thumbprint,
    nextThumbprint: null,
  });
  for (const one of shared) {
    await write(rolled(one));
  }
  log(`The account ${record.url ?? record.name} has a new key, with the thumbprint ${next.thumbprint}.`);
  return rolled(record);
}

/** The CA has the new key for the account when this returns. False: it does not know the account, by whichever key. */
async function tellCa(
  { paths, connection, signal }: AccountContext,
  shared: readonly AcmeAccount[],
  next: AccountKey,
): Promise<boolean> {
  const url = shared.find((one) => one.url !== null)?.url ?? null;
  const nextSigner = await jwsSigner(next.privateKey);
  const hasNext = async (): Promise<boolean> => (await findByKey(connection, nextSigner, signal)) === url;
  if (url === null || (await hasNext())) {
    return true;
  }
  const before = shared.flatMap(({ thumbprint, nextThumbprint }) => [thumbprint, nextThumbprint ?? thumbprint]);
  for (const thumbprint of new Set(before)) {
    const signer = await jwsSigner((await readAccountKey(paths, thumbprint)).privateKey);
    if (thumbprint !== next.thumbprint && (await findByKey(connection, signer, signal)) === url) {
      const { keyChange } = await connection.directory(signal);
      const inner = nextSigner.sign(keyChange, { account: url, oldKey: signer.jwk }, {});
      const change = { url: keyChange, payload: inner, accountUrl: url, signal };
      const refused: unknown = await signedRequest(connection, signer, change).then(
        () => undefined,
        (error: unknown) => error,
      );
      // What is refused may have been done: its answer was lost, and it was asked again.
      if (!(await hasNext())) {
        throw refused ?? localError('local:notAcme', 'The CA took the new account key and does not know it.');
      }
      return true;
    }
  }
  return false;
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
  // It is gone for others that share it, too. This one comes last, so that after a kill it is done again.
  const all = record.url === null ? [] : await recordsOfAccount(context.paths, record);
  const shared = all.filter(({ name }) => name !== record.name);
  const gone = { ...record, deactivated: true };
  for (const one of [...shared, gone]) {
    await writeAccount(context.paths, { ...one, deactivated: true });
  }
  context.log(`The account ${record.url ?? record.name} is deactivated.`);
  return gone;
}

function alreadyGone(error: unknown): void {
  if (!isProblem(error, 'unauthorized', 'accountDoesNotExist')) {
    throw error;
  }
}
