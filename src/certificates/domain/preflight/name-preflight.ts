import type { ExplainedProblem } from '../acme/explain-problem.js';

/** What is to be looked at before a CA is asked. Plain data. */
export interface PreflightRequest {
  readonly names: readonly string[];
  readonly method: 'http-01' | 'dns-01';
  /** `address[:port]` of resolvers; empty: those of the system. */
  readonly resolvers: readonly string[];
  /** What the CA calls itself in CAA records; empty: CAA is not looked at. */
  readonly caaIdentities: readonly string[];
  readonly accountUri: string | null;
  /** What the web server's line answers with; null: the answer is not looked at. */
  readonly thumbprint: string | null;
  /** Where the world finds ports 80 and 443 of this server: others in a laboratory only. */
  readonly ports: { readonly http: number; readonly https: number };
}

export interface AddressAnswer {
  readonly address: string;
  /** RIGHT: the answer that a CA wants. WRONG: another one. INWARD_REDIRECT: it leads where Hlér does not go for strangers; a CA might. */
  readonly answer: 'RIGHT' | 'WRONG' | 'REFUSED' | 'TIMED_OUT' | 'BROKEN' | 'BAD_REDIRECT' | 'INWARD_REDIRECT';
  readonly evidence: string;
}

/**
 * `certain`: the CA would see the same. Without that it is advice: this server may see another DNS than the world does, and may not
 * reach its own public address from inside.
 */
export interface Finding extends ExplainedProblem {
  readonly certain: boolean;
}

/** GOOD: nothing speaks against it. DOUBTFUL: only a try will tell. BLOCKED: a try would be a failed validation. */
export interface NamePreflight {
  readonly name: string;
  readonly verdict: 'GOOD' | 'DOUBTFUL' | 'BLOCKED';
  readonly addresses: readonly AddressAnswer[];
  readonly cname: string | null;
  readonly findings: readonly Finding[];
}
