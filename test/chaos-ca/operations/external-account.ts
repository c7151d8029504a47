import { calculateJwkThumbprint, type JWK } from 'jose';
import { parseJws, parseObject, verify } from '../http/jws.js';
import { signedBy } from '../http/payload.js';
import type { AcmeRequest } from '../http/request.js';
import { AcmeProblem } from '../problem.js';
import type { CaState } from '../state.js';

/** RFC 8555 §7.3.4: the account's key, signed with the secret of the external account. Gives its identifier. */
export async function externalKeyId(ca: CaState, request: AcmeRequest, binding: unknown): Promise<string | undefined> {
  const { externalAccounts } = ca.options;
  if (Object.keys(externalAccounts).length === 0) {
    return undefined;
  }
  if (binding === undefined) {
    throw new AcmeProblem('externalAccountRequired', 'The "externalAccountBinding" field is required by this CA');
  }
  const jws = parseJws(JSON.stringify(binding), ['HS256']);
  const secret = jws.kid === undefined ? undefined : externalAccounts[jws.kid];
  if (jws.kid === undefined || secret === undefined || !Object.hasOwn(externalAccounts, jws.kid)) {
    throw new AcmeProblem('unauthorized', `The external account "${String(jws.kid)}" is not known`);
  }
  if (jws.header.url !== request.url || jws.header.nonce !== undefined) {
    throw new AcmeProblem('malformed', 'The external account binding must have the url of this request, and no nonce');
  }
  const payload = await verify(jws.raw, Buffer.from(secret, 'base64url'), 'HS256').catch(() => {
    throw new AcmeProblem('unauthorized', 'The external account binding is not signed with its secret');
  });
  const jwk = parseObject(payload.toString('utf8'), 'external account binding') as JWK;
  const thumbprint = await calculateJwkThumbprint(jwk).catch(() => '');
  if (thumbprint !== signedBy(request).key.thumbprint) {
    throw new AcmeProblem('malformed', 'The external account binding is for another account key');
  }
  return jws.kid;
}
