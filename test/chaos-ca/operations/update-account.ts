import { accountOf, isPostAsGet, notFound, payloadOf } from '../http/payload.js';
import type { AcmeRequest, Reply } from '../http/request.js';
import { AcmeProblem } from '../problem.js';
import type { CaState } from '../state.js';
import { accountReply, parseContacts } from './account-view.js';

/** RFC 8555 §7.3.2 and §7.3.6: look, change contacts, deactivate for ever. */
export function updateAccount(ca: CaState, request: AcmeRequest): Reply {
  const account = accountOf(request);
  if (request.parameters[0] !== account.id) {
    throw new AcmeProblem('unauthorized', 'Request signing key did not match account key');
  }
  if (isPostAsGet(request)) {
    return accountReply(ca, account, 200);
  }
  const { status, contact } = payloadOf(request);
  if (status !== undefined && status !== 'deactivated' && status !== account.status) {
    throw new AcmeProblem('malformed', 'Invalid value provided for status field');
  }
  if (status === 'deactivated') {
    account.status = 'deactivated';
    [...ca.authorizations.values()]
      .filter(({ account: owner, status: now }) => owner === account.id && now === 'pending')
      .forEach((authorization) => (authorization.status = 'deactivated'));
  } else if (contact !== undefined) {
    account.contact = parseContacts(contact);
  }
  return accountReply(ca, account, 200);
}

/** Boulder has no such list either. */
export function ordersOfAccount(): Reply {
  throw notFound('The list of orders');
}
