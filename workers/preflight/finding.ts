import type { AcmeCause } from '../../src/certificates/domain/acme/cause.js';

/** What was seen against a name. `proof`: a CA that looked now would fail too. */
export interface Finding {
  readonly cause: AcmeCause;
  readonly evidence: string;
  readonly proof: boolean;
}
