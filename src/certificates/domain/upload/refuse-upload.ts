import { DomainError } from '../../../shared/domain-error.js';
import type { MaterialReason } from '../material.js';

/** Why pasted material is not taken. Stable; `details.reason` of CERTIFICATE_REFUSED. docs/certificates.md lists them. */
export type UploadReason =
  | MaterialReason
  | 'TOO_LARGE'
  | 'NOTHING_FOUND'
  | 'PASSPHRASE_MISSING'
  | 'PASSPHRASE_WRONG'
  | 'ENCRYPTION_NOT_SUPPORTED'
  | 'PKCS12_UNREADABLE'
  | 'PKCS7_UNREADABLE'
  | 'KEY_NOT_WANTED'
  | 'KEY_BROKEN'
  | 'KEY_IN_USE'
  | 'NOT_FOR_THIS_SITE';

/** No message quotes what was pasted, but for names in certificates, which are public. */
export function refuseUpload(reason: UploadReason, message: string): DomainError {
  return new DomainError('CERTIFICATE_REFUSED', message, { details: { reason } });
}

/** Something that was left aside, or may be amiss, while the rest is taken. */
export interface UploadWarning {
  readonly reason: 'CERTIFICATE_IGNORED' | 'KEY_IGNORED' | 'PART_IGNORED' | 'CHAIN_MAY_BE_INCOMPLETE' | 'NOT_SERVED';
  readonly message: string;
}
