import type { FieldUpdate } from '../../operations/index.js';
import type { Certificate } from './certificate.js';

/** What a failed issue leaves: of a first one the files were removed again; one that is to be replaced goes on serving. */
export function certificateFailed({ id, status }: Certificate): FieldUpdate {
  return { subject: 'certificate', id, fields: { status: status === 'ACTIVE' ? 'ACTIVE' : 'FAILED' } };
}
