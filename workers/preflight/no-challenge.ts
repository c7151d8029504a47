import { isIP } from 'node:net';
import { ACME_CAUSES } from '../../src/certificates/domain/acme/cause.js';
import type { ExplainedProblem } from '../../src/certificates/domain/acme/explain-problem.js';

/** A name that none of the configured challenges can prove, whatever the world looks like. */
export function noChallenge(name: string): ExplainedProblem {
  const { owner, meaning, remedy } = ACME_CAUSES.NO_CHALLENGE;
  return {
    identifier: { type: isIP(name) === 0 ? 'dns' : 'ip', value: name },
    cause: 'NO_CHALLENGE',
    owner,
    message: `${name}: ${meaning}`,
    evidence: 'No challenge of the provider is for this name.',
    remedy,
    retryAt: null,
    instance: null,
    foreseen: true,
  };
}
