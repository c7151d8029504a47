import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errno, writeFileDurably, type StatePaths } from '../config/index.js';
import { DomainError } from '../shared/domain-error.js';
import { Secret } from '../shared/secret.js';

const secret = z
  .string()
  .min(20)
  .transform((text) => new Secret(text));

const credentialsFile = z.object({ mariadbRoot: secret, mariadb: secret, redis: secret });

/** Passwords of the private services. They are made once, and given to the services anew at each start. */
export type PrivateCredentials = z.infer<typeof credentialsFile>;

export function credentialsPath(paths: StatePaths): string {
  return join(paths.keys, 'private-services.json');
}

/**
 * The passwords of this root, or null before its first start.
 * @throws DomainError CONFIG_INVALID when the file is broken
 */
export async function readCredentials(paths: StatePaths): Promise<PrivateCredentials | null> {
  const path = credentialsPath(paths);
  try {
    return credentialsFile.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (errno(error) === 'ENOENT') {
      return null;
    }
    throw new DomainError(
      'CONFIG_INVALID',
      `${path} cannot be read. Mend its permissions, or delete it: new passwords are made and set at the next start.`,
      { details: { path }, cause: error },
    );
  }
}

/** Reads the passwords, or makes them at the first start: 0600. Only the holder of the root's claim may call it. */
export async function readOrMakeCredentials(paths: StatePaths): Promise<PrivateCredentials> {
  const known = await readCredentials(paths);
  if (known !== null) {
    return known;
  }
  const fresh = { mariadbRoot: newPassword(), mariadb: newPassword(), redis: newPassword() };
  await writeFileDurably(credentialsPath(paths), `${JSON.stringify(fresh, null, 2)}\n`, 0o600);
  return credentialsFile.parse(fresh);
}

/** 192 bits, in letters that need no quoting anywhere. */
function newPassword(): string {
  return randomBytes(24).toString('base64url');
}
