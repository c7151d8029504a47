import type { CheckerComplaint } from '../../src/consumers/index.js';
import type { StoredFile } from './http-change.js';

/** A change that may be refused without the others. */
export interface Candidate {
  readonly files: readonly StoredFile[];
  /** The same files as they were. */
  readonly before: readonly StoredFile[];
}

/** How somebody who is at fault, and whom nobody has asked to change, was kept from being in the way of the others. */
export interface Remedy {
  readonly how: 'CERTIFICATE_RESTORED' | 'HTTPS_LEFT_OUT' | 'PUT_ASIDE' | 'RENDERED_AGAIN';
  /** Whose files these are, as far as they say. */
  readonly siteId: string | null;
  /** The file, or the directory of the certificate. */
  readonly subject: string;
  readonly sentence: string;
  /** The files as they shall be. */
  readonly files: readonly StoredFile[];
  /** The same files as they were. */
  readonly before: readonly StoredFile[];
}

/** Sites that are served already and are not in the batch. Their files are ours; an administrator's are never among them. */
export interface Residents {
  /** Finds out who is meant, and does the least that helps; nothing when it is none of ours. `exempt` are paths of the batch. */
  remedies(complaint: CheckerComplaint, exempt: ReadonlySet<string>): Promise<readonly Remedy[]>;
  /** Each file as a change that takes it in, to find by halves what a complaint does not name. */
  suspects(): Promise<readonly Candidate[]>;
  /** What becomes of a suspect that was found guilty. */
  putAside(suspect: Candidate, complaint: CheckerComplaint): readonly Remedy[];
}
