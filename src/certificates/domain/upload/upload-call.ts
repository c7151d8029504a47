import type { Failure } from '../../../shared/failure.js';
import type { ReadUpload, Upload } from './read-upload.js';

/** `Upload` as plain data, for the way into a thread; `Secret` does not cross on purpose. */
export interface UploadCall extends Omit<Upload, 'material' | 'passphrase'> {
  readonly material: readonly string[];
  readonly passphrase: string | null;
}

export type UploadAnswer =
  | { readonly read: Omit<ReadUpload, 'privateKey'> & { readonly privateKey: string | null } }
  | { readonly failure: Failure };
