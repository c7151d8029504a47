import { accountOf, signedBy } from '../http/payload.js';
import { parseJws, parseObject, readAccountKey, verifiedPayload } from '../http/jws.js';
import type { AcmeRequest, Reply } from '../http/request.js';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { AcmeProblem } from '../problem.js';
import { accountUrl, type CaState } from '../state.js';
import { accountReply } from './account-view.js';

/** RFC 8555 §7.3.5: signed by the old key outside, by the new key inside. */
export async function keyChange(ca: CaState, request: AcmeRequest): Promise<Reply> {
  const account = accountOf(request);
  const inner = parseJws(signedBy(request).payload.toString('utf8'));
  if (inner.jwk === undefined) {
    throw new AcmeProblem('malformed', 'The inner JWS must have the new key as "jwk"');
  }
  const key = await readAccountKey(inner.jwk);
  const payload = parseObject((await verifiedPayload(inner, key)).toString('utf8'), 'inner payload');
  if (inner.header.url !== request.url || inner.header.nonce !== undefined) {
    throw new AcmeProblem('malformed', 'The inner JWS must have the same url as the outer one, and no nonce');
  }
  if (payload.account !== accountUrl(ca, account.id)) {
    throw new AcmeProblem('malformed', 'The inner payload names another account');
  }
  const old = await calculateJwkThumbprint((payload.oldKey ?? {}) as JWK).catch(() => '');
  if (old !== account.key.thumbprint) {
    throw new AcmeProblem('malformed', 'The inner payload does not contain the key of the account as "oldKey"');
  }
  const taken = [...ca.accounts.values()].find((each) => each.key.thumbprint === key.thumbprint);
  if (taken !== undefined) {
    const detail = 'New key is already in use for a different account';
    throw new AcmeProblem('malformed', detail, { status: 409 });
  }
  if (ca.blockedKeys.has(key.thumbprint)) {
    throw new AcmeProblem('badPublicKey', 'public key is forbidden');
  }
  account.key = key;
  return accountReply(ca, account, 200);
}
