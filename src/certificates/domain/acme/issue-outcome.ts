import type { ExplainedProblem } from './explain-problem.js';

/** What came of an order, as plain data, without the key. */
export interface AcmeIssued {
  readonly status: 'ISSUED';
  readonly certificatePem: string;
  readonly chainPem: string;
  readonly directoryUrl: string;
  readonly accountUrl: string;
  /** RFC 9773 §4.1; null for a certificate without authorityKeyIdentifier. */
  readonly ariId: string | null;
  /** What the CA was asked for in the end; null: its default. */
  readonly profile: string | null;
  /** The CA took it as the successor of the certificate that it was to replace. */
  readonly replaced: boolean;
  readonly warnings: readonly string[];
}

export interface AcmeNotIssued {
  readonly status: 'NOT_ISSUED';
  /** At least one; those with an identifier are about that name alone, and the others could be ordered without it. */
  readonly problems: readonly ExplainedProblem[];
  /** Names that nothing was said against. */
  readonly unaffected: readonly string[];
  /** When another try is worth it (ISO 8601); null: not before something was changed. */
  readonly retryAt: string | null;
  /** Nothing is wrong with the names: another CA may well issue. */
  readonly caSide: boolean;
  /** The order stays open at the CA, and the next try goes on with it. */
  readonly orderKept: boolean;
}

export type AcmeOutcome = AcmeIssued | AcmeNotIssued;
