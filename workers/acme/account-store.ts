import { readdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { DomainError } from '../../src/shared/domain-error.js';
import { atomicWrite, ensureDirectory } from '../system/atomic-write.js';
import { ifPresent } from '../tls/private-files.js';
import { PASSABLE, type AcmePaths } from './acme-paths.js';

const accountSchema = z.object({
  directoryUrl: z.string(),
  name: z.string(),
  thumbprint: z.string(),
  /** Where it is at the CA; null until the CA has answered. */
  url: z.string().nullable(),
  contact: z.array(z.string()),
  /** The terms that the operator agreed to, by their address; null: the CA has none. */
  termsOfService: z.string().nullable(),
  externalAccountKeyId: z.string().nullable(),
  deactivated: z.boolean(),
  /** The key that is to take over: written before the CA is told, so that after a crash both are known. */
  nextThumbprint: z.string().nullable(),
});

/** An account at a CA as it is kept: public but for its key, which lies elsewhere. */
export type AcmeAccount = z.infer<typeof accountSchema>;

/** @throws DomainError ACME_ACCOUNT_UNUSABLE when the file is not what was written */
export async function readAccount(
  paths: AcmePaths,
  directoryUrl: string,
  name: string,
): Promise<AcmeAccount | undefined> {
  const path = paths.account(directoryUrl, name);
  const text = await ifPresent(readFile(path, 'utf8'));
  if (text === undefined) {
    return undefined;
  }
  try {
    return accountSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new DomainError('ACME_ACCOUNT_UNUSABLE', `The file ${path} cannot be understood.`, {
      details: { path },
      cause: error,
    });
  }
}

/**
 * All that are kept of the account that `record` is of: providers at one directory which have the same key have one account at the CA,
 * and a file each. Those that were deactivated are not told, nor those whose file cannot be understood.
 */
export async function recordsOfAccount(paths: AcmePaths, record: AcmeAccount): Promise<readonly AcmeAccount[]> {
  const { directoryUrl, thumbprint, nextThumbprint } = record;
  const names = (await ifPresent(readdir(paths.directory(directoryUrl)))) ?? [];
  const read = await Promise.all(names.map((name) => readAccount(paths, directoryUrl, name).catch(unlessUnusable)));
  const all = read.filter((one) => one !== undefined).filter(({ deactivated }) => !deactivated);
  const rolledWith = all.find((one) => nextThumbprint !== null && one.nextThumbprint === nextThumbprint && one.url);
  const url = record.url ?? rolledWith?.url ?? null;
  // The same key at another URL is another account: it was made when the CA had another key for this one already.
  return all.filter((one) => (one.url === null ? one.thumbprint === thumbprint : one.url === url));
}

function unlessUnusable(error: unknown): undefined {
  if (!(error instanceof DomainError && error.code === 'ACME_ACCOUNT_UNUSABLE')) {
    throw error;
  }
}

/** On the disk when this returns, or as it was. */
export async function writeAccount(paths: AcmePaths, account: AcmeAccount): Promise<void> {
  const path = paths.account(account.directoryUrl, account.name);
  await ensureDirectory(paths.root, PASSABLE);
  await ensureDirectory(dirname(path), 0o700);
  await atomicWrite({ path, content: `${JSON.stringify(account, undefined, 2)}\n`, mode: 0o600 });
}
