import type { AcmeAnswer, CaConnection } from './ca-connection.js';
import type { JwsSigner } from './jws.js';
import { patiently, type Patience } from './patiently.js';

export interface SignedRequest extends Patience {
  readonly url: string;
  /** `null`: POST-as-GET (RFC 8555 §6.3). */
  readonly payload: object | null;
  /** Left out or null: the public key itself identifies who asks. */
  readonly accountUrl?: string | null;
}

/**
 * Sends a request to a CA, signed anew for each try with a nonce of its own: the CA counts a nonce that comes again as an attack,
 * whatever it answered the first time. @throws AcmeError
 */
export function signedRequest(
  connection: CaConnection,
  signer: JwsSigner,
  request: SignedRequest,
): Promise<AcmeAnswer> {
  const { url, payload, accountUrl = null, signal } = request;
  return patiently(async () => {
    const nonce = await connection.nonce(signal);
    return connection.post(url, signer.sign(url, payload, { nonce, accountUrl }), signal);
  }, request);
}
