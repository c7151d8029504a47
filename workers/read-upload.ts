import { readUpload } from '../src/certificates/domain/upload/read-upload.js';
import type { UploadCall, UploadAnswer } from '../src/certificates/domain/upload/upload-call.js';
import { DomainError, toFailure } from '../src/shared/domain-error.js';
import { Secret } from '../src/shared/secret.js';

/** What a thread of the API does with pasted material. Only plain data crosses, and nothing is thrown across the boundary. */
export default function readUploadInThread({ material, passphrase, ...call }: UploadCall): UploadAnswer {
  try {
    const secrets = {
      material: material.map((text) => new Secret(text)),
      passphrase: passphrase === null ? null : new Secret(passphrase),
    };
    const { privateKey, ...read } = readUpload({ ...call, ...secrets }, new Date());
    return { read: { ...read, privateKey: privateKey?.reveal() ?? null } };
  } catch (error) {
    if (error instanceof DomainError) {
      return { failure: toFailure(error) };
    }
    throw error;
  }
}
