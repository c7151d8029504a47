import { accountOf, isPostAsGet, notFound, payloadOf } from '../http/payload.js';
import type { AcmeRequest, Reply } from '../http/request.js';
import { AcmeProblem } from '../problem.js';
import { accountUrl, type Authorization, type CaState, type Challenge } from '../state.js';
import { validate } from '../validation/validate.js';
import type { Proof } from '../validation/proof.js';
import { challengeReply } from './authorization-view.js';
import { findAuthorization } from './authorization.js';
import { authorizationStatus } from './order-view.js';

/** RFC 8555 §7.5.1: the client is ready; look now, in the background. A failure is for ever, as at Let's Encrypt. */
export function readChallenge(ca: CaState, request: AcmeRequest): Reply {
  const authorization = findAuthorization(ca, request);
  const challenge = authorization.challenges.find(({ type }) => type === request.parameters[1]);
  if (challenge === undefined) {
    throw notFound('Challenge');
  }
  if (isPostAsGet(request)) {
    return challengeReply(ca, authorization, challenge);
  }
  if (payloadOf(request).keyAuthorization !== undefined) {
    throw new AcmeProblem('malformed', 'The payload of a challenge is {}');
  }
  const status = authorizationStatus(ca, authorization);
  if (status === 'expired' || status === 'deactivated') {
    throw new AcmeProblem('malformed', `Authorization is ${status}`);
  }
  if (status === 'pending' && authorization.challenges.every((each) => each.status === 'pending')) {
    challenge.status = 'processing';
    const { thumbprint } = accountOf(request).key;
    void look(ca, authorization, challenge, thumbprint);
  }
  return challengeReply(ca, authorization, challenge);
}

async function look(
  ca: CaState,
  authorization: Authorization,
  challenge: Challenge,
  thumbprint: string,
): Promise<void> {
  const { identifier, isWildcard } = authorization;
  const name = `${isWildcard ? '*.' : ''}${identifier.value}`;
  const proof: Proof = {
    identifier,
    isWildcard,
    token: challenge.token,
    keyAuthorization: `${challenge.token}.${thumbprint}`,
    accountUrl: accountUrl(ca, authorization.account),
  };
  const problem = injected(ca, name) ?? (await validate(ca.surroundings, challenge.type, proof));
  if (problem === undefined) {
    ca.desk.limits?.validationSucceeded(authorization.account, name);
    challenge.validatedAt = ca.clock.now();
    authorization.expires = ca.clock.ms() + (ca.desk.profiles[authorization.profile]?.validAuthorizationMs ?? 0);
  } else {
    ca.desk.limits?.validationFailed(authorization.account, name);
    challenge.error = problem;
  }
  challenge.status = problem === undefined ? 'valid' : 'invalid';
  // It may have been given up in the meantime.
  authorization.status = authorization.status === 'pending' ? challenge.status : authorization.status;
}

function injected({ faults }: CaState, name: string): AcmeProblem | undefined {
  const occasion = { operation: 'challenge', names: [name] };
  if (faults.take('validationFails', occasion)) {
    return new AcmeProblem('connection', `${name}: Timeout during connect (likely firewall problem)`);
  }
  const isForbidden = !faults.isAimedAt('caa', 'finalize') && faults.take('caa', occasion);
  return isForbidden ? new AcmeProblem('caa', `CAA record for ${name} prevents issuance`) : undefined;
}
