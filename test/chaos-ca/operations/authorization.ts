import { accountOf, isPostAsGet, notFound, payloadOf } from '../http/payload.js';
import type { AcmeRequest, Reply } from '../http/request.js';
import { AcmeProblem } from '../problem.js';
import type { Authorization, CaState } from '../state.js';
import { authorizationReply } from './authorization-view.js';
import { authorizationStatus } from './order-view.js';

/** RFC 8555 §7.5 and §7.5.2: look, or give it up. */
export function readAuthorization(ca: CaState, request: AcmeRequest): Reply {
  const authorization = findAuthorization(ca, request);
  if (isPostAsGet(request)) {
    return authorizationReply(ca, authorization);
  }
  if (payloadOf(request).status !== 'deactivated') {
    throw new AcmeProblem('malformed', 'Invalid value provided for status field');
  }
  const status = authorizationStatus(ca, authorization);
  if (status !== 'pending' && status !== 'valid') {
    throw new AcmeProblem('malformed', `Authorization is ${status} and cannot be deactivated`);
  }
  authorization.status = 'deactivated';
  return authorizationReply(ca, authorization);
}

export function findAuthorization(ca: CaState, request: AcmeRequest): Authorization {
  const authorization = ca.authorizations.get(request.parameters[0] ?? '');
  if (authorization === undefined || authorization.account !== accountOf(request).id) {
    throw notFound('Authorization');
  }
  return authorization;
}
