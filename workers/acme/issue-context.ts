import type { AcmeIssueRequest } from '../../src/certificates/domain/acme/issue-request.js';
import type { AcmeIdentifier } from '../../src/certificates/domain/acme/problem.js';
import type { ExplainedProblem } from '../../src/certificates/domain/acme/explain-problem.js';
import type { LogLevel } from '../../src/operations/domain/task.js';
import type { AcmePaths } from './acme-paths.js';
import type { ChallengeSolver } from './challenges/challenge-solver.js';
import type { OpenAccount } from './open-account.js';
import type { OrderFile } from './order-file.js';
import type { Trace } from './trace.js';

export interface NameToProve {
  readonly identifier: AcmeIdentifier;
  readonly method: 'http-01' | 'dns-01';
  /** What the web server's line is to answer with; null where something else answers. */
  readonly thumbprint: string | null;
}

export interface CaFacts {
  /** What it calls itself in CAA records; none: it does not say. */
  readonly caaIdentities: readonly string[];
  readonly accountUri: string;
}

/** What issuing needs of the world around it. */
export interface IssuePorts {
  /** `<root>/acme`. */
  readonly acmeDirectory: string;
  readonly signal: AbortSignal;
  log(level: LogLevel, message: string): void;
  /**
   * Asked when every answer is in place and before the CA is told to look: a name that it speaks against ends the order without a
   * failed validation at the CA. Left out: nothing is looked at.
   */
  preflight?(names: readonly NameToProve[], ca: CaFacts, signal: AbortSignal): Promise<readonly ExplainedProblem[]>;
  /** Waited for before and after everything that lasts. For tests that count, or end the process there. */
  readonly trace?: Trace;
  now?(): Date;
}

export interface IssueContext {
  readonly request: AcmeIssueRequest;
  readonly identifiers: readonly AcmeIdentifier[];
  readonly paths: AcmePaths;
  readonly account: OpenAccount;
  readonly file: OrderFile;
  /** In the order of the request's methods. */
  readonly solvers: readonly ChallengeSolver[];
  readonly ports: IssuePorts;
  readonly signal: AbortSignal;
}
