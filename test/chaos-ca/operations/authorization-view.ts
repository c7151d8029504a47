import type { Reply } from '../http/request.js';
import {
  accountUrl,
  authorizationUrl,
  challengeUrl,
  type Authorization,
  type CaState,
  type Challenge,
} from '../state.js';
import { authorizationStatus, shownIdentifier } from './order-view.js';

export function authorizationReply(ca: CaState, authorization: Authorization): Reply {
  const status = authorizationStatus(ca, authorization);
  const isDecided = status === 'valid' || status === 'invalid';
  const tried = authorization.challenges.filter(({ status: each }) => each === 'valid' || each === 'invalid');
  const shown = isDecided && tried.length > 0 ? tried : authorization.challenges;
  return {
    status: 200,
    headers: status === 'pending' ? { 'retry-after': '1' } : {},
    body: {
      identifier: shownIdentifier(ca, authorization.identifier),
      status,
      expires: new Date(authorization.expires).toISOString(),
      challenges: shown.map((each) => challengeBody(ca, authorization, each)),
      ...(authorization.isWildcard && { wildcard: true }),
    },
  };
}

export function challengeReply(ca: CaState, authorization: Authorization, challenge: Challenge): Reply {
  return {
    status: 200,
    headers: {
      link: [`<${authorizationUrl(ca, authorization)}>;rel="up"`],
      ...(challenge.status === 'processing' && { 'retry-after': '1' }),
    },
    body: challengeBody(ca, authorization, challenge),
  };
}

function challengeBody(ca: CaState, authorization: Authorization, challenge: Challenge): object {
  const { type, status, token, error, validatedAt } = challenge;
  return {
    type,
    url: challengeUrl(ca, authorization, challenge),
    // As Boulder: the client sees nothing of `processing`.
    status: status === 'processing' ? 'pending' : status,
    ...(type === 'dns-persist-01'
      ? { accounturi: accountUrl(ca, authorization.account), 'issuer-domain-names': ca.options.caaIdentities }
      : { token }),
    ...(validatedAt && { validated: validatedAt.toISOString() }),
    ...(error && { error: error.document() }),
  };
}
