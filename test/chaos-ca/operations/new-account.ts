import { tooMany } from '../admit-order.js';
import { payloadOf, signedBy } from '../http/payload.js';
import type { AcmeRequest, Reply } from '../http/request.js';
import { AcmeProblem } from '../problem.js';
import type { Account, CaState } from '../state.js';
import { accountReply, parseContacts } from './account-view.js';
import { externalKeyId } from './external-account.js';

/** RFC 8555 §7.3: a key has one account, and gets it again. */
export async function newAccount(ca: CaState, request: AcmeRequest): Promise<Reply> {
  const { key } = signedBy(request);
  const payload = payloadOf(request);
  const found = [...ca.accounts.values()].find((account) => account.key.thumbprint === key.thumbprint);
  if (found !== undefined) {
    if (found.status !== 'valid') {
      throw new AcmeProblem('unauthorized', `An account with the provided public key exists but is ${found.status}`);
    }
    return accountReply(ca, found, 200);
  }
  if (payload.onlyReturnExisting === true) {
    throw new AcmeProblem('accountDoesNotExist', 'No account exists with the provided key');
  }
  if (ca.blockedKeys.has(key.thumbprint)) {
    throw new AcmeProblem('badPublicKey', 'public key is forbidden');
  }
  if (payload.termsOfServiceAgreed !== true) {
    throw new AcmeProblem('malformed', 'must agree to terms of service');
  }
  const contact = parseContacts(payload.contact);
  const external = await externalKeyId(ca, request, payload.externalAccountBinding);
  const refusal = ca.desk.limits?.newAccount(request.address);
  if (refusal !== undefined) {
    throw tooMany(refusal, ca.desk.unpauseUrl);
  }
  const account: Account = {
    id: String(1_000 + ca.accounts.size),
    key,
    status: 'valid',
    contact,
    createdAt: ca.clock.now(),
    ...(external !== undefined && { externalKeyId: external }),
  };
  ca.accounts.set(account.id, account);
  return accountReply(ca, account, 201);
}
