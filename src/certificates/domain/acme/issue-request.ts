import type { KeyType } from '../key-type.js';
import type { AcmeAccountWish } from './acme-account.js';
import type { AcmeCa } from './acme-ca.js';
import type { ChallengeMethod } from './challenge-method.js';

/** What is to be issued, by whom, and how the names are proved. Plain data: the input of the task `certificate.acme-issue`. */
export interface AcmeIssueRequest {
  readonly certificateId: string;
  readonly ca: AcmeCa;
  readonly account: AcmeAccountWish;
  /** Hostnames, wildcards, IP addresses. */
  readonly names: readonly string[];
  readonly keyType: KeyType;
  readonly profile: ProfileWish | null;
  /** In order of preference: for each name the first that can prove it, and that the CA offers. */
  readonly challenges: readonly ChallengeMethod[];
  readonly preferredChain: ChainWish | null;
  readonly replaces: ReplacedCertificate | null;
  /** The CA is for tests, and that is known: its certificates are taken although browsers do not trust them. */
  readonly staging: boolean;
  /** Account thumbprints that the web server answers for now. An account with another gets its answers as files. */
  readonly servedThumbprints: readonly string[];
}

/** A profile of the CA's directory. Not required: where the CA does not have it, its default is taken, with a warning. */
export interface ProfileWish {
  readonly name: string;
  readonly required: boolean;
}

/** Which of the chains that a CA offers; where none fits, its default is taken, with a warning. */
export interface ChainWish {
  /** Of any certificate in the chain. */
  readonly issuerCommonName: string | null;
  /** SHA-256 of the root's DER, 64 hex digits. */
  readonly rootFingerprint: string | null;
}

/** The certificate that the new one takes the place of (RFC 9773 §5). Named only to the CA and account that it came from. */
export interface ReplacedCertificate {
  readonly ariId: string;
  readonly directoryUrl: string;
  readonly accountUrl: string;
}
