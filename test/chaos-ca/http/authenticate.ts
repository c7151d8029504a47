import { AcmeProblem } from '../problem.js';
import type { Account, CaState } from '../state.js';
import { parseJws, readAccountKey, verifiedPayload, type Jws } from './jws.js';
import type { SignedRequest } from './request.js';

/** How an operation wants to be signed. */
export type KeyRule = 'jwk' | 'kid' | 'either';

export interface Envelope {
  readonly body: string;
  readonly contentType: string | undefined;
  readonly url: string;
  readonly operation: string;
}

/** RFC 8555 §6.2 to §6.5, in Boulder's order: shape, key, signature, nonce, url, payload. @throws AcmeProblem */
export async function authenticate(ca: CaState, envelope: Envelope, rule: KeyRule): Promise<SignedRequest> {
  if (envelope.contentType !== 'application/jose+json') {
    const detail = 'Invalid Content-Type header on POST. Content-Type must be "application/jose+json"';
    throw new AcmeProblem('malformed', detail, { status: 415 });
  }
  const jws = parseJws(envelope.body);
  const { account, key } = await signer(ca, jws, rule, envelope.operation);
  const payload = await verifiedPayload(jws, key);
  checkNonce(ca, jws, envelope.operation);
  if (jws.header.url !== envelope.url) {
    const said = JSON.stringify(jws.header.url) ?? 'nothing';
    throw new AcmeProblem(
      'unauthorized',
      `JWS header parameter 'url' incorrect. Expected "${envelope.url}" got ${said}`,
    );
  }
  return { header: jws.header, payload, key, account, jwk: jws.jwk };
}

async function signer(
  ca: CaState,
  jws: Jws,
  rule: KeyRule,
  operation: string,
): Promise<Pick<SignedRequest, 'account' | 'key'>> {
  if ((rule === 'jwk' && jws.jwk === undefined) || (rule === 'kid' && jws.kid === undefined)) {
    throw new AcmeProblem('malformed', rule === 'jwk' ? 'No embedded JWK in JWS header' : 'No Key ID in JWS header');
  }
  if (jws.kid === undefined) {
    const key = await readAccountKey(jws.jwk);
    return { key, account: undefined };
  }
  const account = accountByUrl(ca, jws.kid);
  if (account === undefined || ca.faults.take('accountDoesNotExist', { operation })) {
    throw new AcmeProblem('accountDoesNotExist', `Account "${jws.kid}" not found`);
  }
  if (account.status !== 'valid') {
    throw new AcmeProblem('unauthorized', `Account is not valid, has status "${account.status}"`);
  }
  return { key: account.key, account };
}

export function accountByUrl(ca: CaState, url: string): Account | undefined {
  const prefix = `${ca.baseUrl}/acme/acct/`;
  if (!url.startsWith(prefix)) {
    throw new AcmeProblem('malformed', `KeyID header contained an invalid account URL: ${JSON.stringify(url)}`);
  }
  return ca.accounts.get(url.slice(prefix.length));
}

function checkNonce(ca: CaState, { header }: Jws, operation: string): void {
  const { nonce } = header;
  if (typeof nonce !== 'string' || nonce === '') {
    throw new AcmeProblem('badNonce', 'JWS has no anti-replay nonce');
  }
  const isGood = ca.nonces.take(nonce);
  if (!isGood || ca.faults.take('badNonce', { operation })) {
    throw new AcmeProblem('badNonce', `JWS has an invalid anti-replay nonce: "${nonce.slice(0, 64)}"`);
  }
}
