import { z } from 'zod';
import type { AcmeAccountWish } from '../../src/certificates/domain/acme/acme-account.js';
import { localProblem } from '../../src/certificates/domain/acme/problem.js';
import { AcmeError, localError } from './acme-error.js';
import { defaultAccountKey, makeAccountKey, readAccountKey, type AccountKey } from './account-keys.js';
import { readAccount, writeAccount, type AcmeAccount } from './account-store.js';
import type { AcmePaths } from './acme-paths.js';
import type { CaConnection } from './ca-connection.js';
import { findByKey, type AccountContext } from './find-account.js';
import { readSecret } from './read-secret.js';
import { finishRollover } from './roll-account-key.js';
import { jwsSigner, type JwsSigner } from './jws.js';
import { signedRequest, type SignedRequest } from './signed-request.js';

/** An account that the CA knows, ready to sign. */
export class OpenAccount {
  constructor(
    readonly connection: CaConnection,
    readonly record: AcmeAccount & { readonly url: string },
    readonly key: AccountKey,
    readonly signer: JwsSigner,
    /** The CA did not know it any more, or may not have: what it had before (authorizations, certificates to replace) is lost. */
    readonly isNew: boolean,
  ) {}

  post(
    url: string,
    payload: object | null,
    options: Pick<SignedRequest, 'signal' | 'repeatable'>,
  ): ReturnType<typeof signedRequest> {
    return signedRequest(this.connection, this.signer, { url, payload, accountUrl: this.record.url, ...options });
  }
}

/** Its key, made when there is none, before any CA knows it: so the web server's line can be written first. */
export async function accountKeyFor(
  paths: AcmePaths,
  directoryUrl: string,
  wish: AcmeAccountWish,
): Promise<AccountKey> {
  const record = await recordFor(paths, directoryUrl, wish);
  return readAccountKey(paths, record.thumbprint);
}

/**
 * The account of this name at the CA: as it is kept, or registered now. Killed at any point and run again it is the same
 * account, since its key is on the disk before the CA hears of it (RFC 8555 §7.3.1: the same key gets the same account).
 * `anew`: what is kept is not relied upon; the CA is asked for the account of this key and, failing that, it is registered once more.
 * @throws AcmeError; local:termsNotAgreed when the CA has terms that nobody agreed to
 */
export async function openAccount(context: AccountContext, wish: AcmeAccountWish, anew = false): Promise<OpenAccount> {
  const { paths, connection, signal, log } = context;
  let record = await recordFor(paths, connection.ca.directoryUrl, wish);
  if (record.nextThumbprint !== null) {
    record = await finishRollover(context, record);
  }
  const key = await readAccountKey(paths, record.thumbprint);
  const signer = await jwsSigner(key.privateKey);
  const found = record.url === null || anew ? await findByKey(connection, signer, signal) : record.url;
  if (found !== undefined && found === record.url) {
    const open = new OpenAccount(connection, { ...record, url: found }, key, signer, anew);
    return sameContact(record.contact, wish.contact) ? open : updateContact(context, open, wish.contact);
  }
  const url = found ?? (await register(connection, signer, wish, signal));
  const { meta } = await connection.directory(signal);
  const known = {
    ...record,
    url,
    termsOfService: meta.termsOfService ?? null,
    contact: [...wish.contact],
    externalAccountKeyId: wish.externalAccount?.keyId ?? null,
  };
  await writeAccount(paths, known);
  log(`Registered the account ${url}.`);
  return new OpenAccount(connection, known, key, signer, true);
}

/** Its key on the disk, whether or not the CA knows it. */
async function recordFor(paths: AcmePaths, directoryUrl: string, wish: AcmeAccountWish): Promise<AcmeAccount> {
  const known = await readAccount(paths, directoryUrl, wish.name);
  if (known !== undefined && !known.deactivated) {
    return known;
  }
  // A deactivated account never works again, and neither does its key with this CA (RFC 8555 §7.3.6).
  const own = wish.ownKey || known !== undefined;
  const { thumbprint } = own ? await makeAccountKey(paths) : await defaultAccountKey(paths);
  const fresh: AcmeAccount = {
    directoryUrl,
    name: wish.name,
    thumbprint,
    url: null,
    contact: [...wish.contact],
    termsOfService: null,
    externalAccountKeyId: null,
    deactivated: false,
    nextThumbprint: null,
  };
  await writeAccount(paths, fresh);
  return fresh;
}

const accountAnswer = z.object({ status: z.string().catch('valid') });

async function register(
  connection: CaConnection,
  signer: JwsSigner,
  wish: AcmeAccountWish,
  signal: AbortSignal,
): Promise<string> {
  const { newAccount, meta } = await connection.directory(signal);
  if (meta.termsOfService !== undefined && !wish.termsOfServiceAgreed) {
    throw new AcmeError(
      localProblem('local:termsNotAgreed', `The CA asks to agree to its terms of service: ${meta.termsOfService}`, {
        instance: meta.termsOfService,
      }),
    );
  }
  const external = wish.externalAccount;
  const answer = await signedRequest(connection, signer, {
    url: newAccount,
    payload: {
      ...(meta.termsOfService === undefined ? {} : { termsOfServiceAgreed: true }),
      ...(wish.contact.length === 0 ? {} : { contact: wish.contact }),
      ...(external === null
        ? {}
        : {
            externalAccountBinding: signer.bindExternalAccount(
              newAccount,
              external.keyId,
              await readSecret(external.hmacKey),
            ),
          }),
    },
    signal,
  });
  if (answer.location === undefined || accountAnswer.safeParse(answer.json).data?.status === 'deactivated') {
    throw localError('local:notAcme', 'The CA registered the account without saying where it is (RFC 8555 §7.3).');
  }
  return answer.location;
}

async function updateContact(
  { paths, signal, log }: AccountContext,
  open: OpenAccount,
  contact: readonly string[],
): Promise<OpenAccount> {
  await open.post(open.record.url, { contact }, { signal });
  const record = { ...open.record, contact: [...contact] };
  await writeAccount(paths, record);
  log('Told the CA the new contact address.');
  return new OpenAccount(open.connection, record, open.key, open.signer, open.isNew);
}

function sameContact(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((address) => other.includes(address));
}
