import { CompactEncrypt, compactDecrypt, errors, type CryptoKey } from 'jose';
import { DomainError } from '../shared/domain-error.js';
import { Secret } from '../shared/secret.js';
import { CONTENT_ENCRYPTION, ENCRYPTION_ALGORITHM } from './key-files.js';

/** JWE `typ`: a secret is never taken for an order, nor an order for a secret. */
const TYPE = 'hler-secret+jwe';

/** A secret as a compact JWE (RFC 7516) that only the holder of the private key can read. */
export function sealSecret(secret: Secret, recipient: CryptoKey): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(secret.reveal()))
    .setProtectedHeader({ alg: ENCRYPTION_ALGORITHM, enc: CONTENT_ENCRYPTION, typ: TYPE })
    .encrypt(recipient);
}

/** @throws DomainError MESSAGE_REFUSED: altered, or sealed for somebody else */
export async function openSecret(sealed: string, key: CryptoKey): Promise<Secret> {
  try {
    const { plaintext, protectedHeader } = await compactDecrypt(sealed, key, {
      keyManagementAlgorithms: [ENCRYPTION_ALGORITHM],
      contentEncryptionAlgorithms: [CONTENT_ENCRYPTION],
    });
    if (protectedHeader.typ !== TYPE) {
      throw new errors.JWEInvalid('It is no secret of an operation.');
    }
    return new Secret(new TextDecoder().decode(plaintext));
  } catch (error) {
    const reason = error instanceof errors.JOSEError ? error.code : 'ERR_NOT_A_SECRET';
    throw new DomainError('MESSAGE_REFUSED', `A sealed secret cannot be opened on this server: ${reason}.`, {
      details: { reason },
      hint: 'It was sealed for another server, or the keys of this one were replaced; call the mutation again.',
    });
  }
}
