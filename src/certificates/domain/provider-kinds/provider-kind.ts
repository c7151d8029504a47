import type { PlannedTask } from '../../../operations/index.js';
import type { IssueWanted } from './issue-wanted.js';

/**
 * The port of certificate providers: one way to come by certificates, and how they live on. What one kind can do and another cannot is an
 * optional part of it, not a branch elsewhere.
 */
export interface ProviderKind {
  /** One sentence, for the API. */
  readonly description: string;
  /** Null: nobody but its owner can get another. */
  readonly issuing: Issuing | null;
  readonly renewal: RenewalPolicy;
}

/** How a certificate is brought about: one task that makes it or gets it, with a key of the server's own, and puts it into the store. */
export interface Issuing {
  /** Of a file under workers/tasks/. */
  readonly task: string;
  /** @throws DomainError CERTIFICATE_PROVIDER_NOT_FOUND */
  plan(wanted: IssueWanted): PlannedTask;
  /**
   * In the input of a later task: the SPKI of what serves this name once the task has run. `otherwise` stands where the
   * provider may leave names out and this is one of them.
   */
  spkiFor(name: string, otherwise: string | null): string;
}

export interface RenewalPolicy {
  /** Hlér can make its successor without a person. */
  readonly automatic: boolean;
  /** Its issuer may say when (RFC 9773). */
  readonly advised: boolean;
}
