import type { AcmePaths } from './acme-paths.js';
import { isProblem } from './acme-error.js';
import type { CaConnection } from './ca-connection.js';
import type { JwsSigner } from './jws.js';
import { signedRequest } from './signed-request.js';
import type { Trace } from './trace.js';

export interface AccountContext {
  readonly paths: AcmePaths;
  readonly connection: CaConnection;
  readonly signal: AbortSignal;
  readonly log: (message: string) => void;
  /** As in `IssuePorts`. */
  readonly trace?: Trace;
}

/** RFC 8555 §7.3.1: where the account of this key is, if the CA has one. Some ask for an external account even here. */
export async function findByKey(
  connection: CaConnection,
  signer: JwsSigner,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { newAccount } = await connection.directory(signal);
  try {
    const request = { url: newAccount, payload: { onlyReturnExisting: true }, signal };
    return (await signedRequest(connection, signer, request)).location;
  } catch (error) {
    if (isProblem(error, 'accountDoesNotExist', 'externalAccountRequired')) {
      return undefined;
    }
    throw error;
  }
}
