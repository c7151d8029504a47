import { readFile } from 'node:fs/promises';
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

/** On the disk when this returns, or as it was. */
export async function writeAccount(paths: AcmePaths, account: AcmeAccount): Promise<void> {
  const path = paths.account(account.directoryUrl, account.name);
  await ensureDirectory(paths.root, PASSABLE);
  await ensureDirectory(dirname(path), 0o700);
  await atomicWrite({ path, content: `${JSON.stringify(account, undefined, 2)}\n`, mode: 0o600 });
}
