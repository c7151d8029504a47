import { readFile } from 'node:fs/promises';
import type { SecretSource } from '../../src/certificates/domain/acme/secret-source.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { Secret } from '../../src/shared/secret.js';

/** @throws DomainError CONFIG_INVALID when the file cannot be read or is empty */
export async function readSecret(source: SecretSource): Promise<Secret> {
  if ('value' in source) {
    return new Secret(source.value);
  }
  const text = await readFile(source.file, 'utf8').catch(() => '');
  if (text.trim() === '') {
    throw new DomainError('CONFIG_INVALID', `The secret in ${source.file} cannot be read by the runner, or is empty.`, {
      details: { path: source.file },
    });
  }
  return new Secret(text.trim());
}
