import type { Operation } from '../../../operations/index.js';

/** In the input of a renewal: a backup is to be asked in place of the certificate's own provider. */
export interface BackupRequest {
  readonly providerId: string;
  /** How the CA before it has failed, for people; null: it is not known any more. */
  readonly why: string | null;
}

export function backupIn({ input }: Pick<Operation, 'input'>): BackupRequest | null {
  return (input['backup'] as unknown as BackupRequest | undefined) ?? null;
}
