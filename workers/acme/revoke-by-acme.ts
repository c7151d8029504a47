import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { AcmeAccountWish } from '../../src/certificates/domain/acme/acme-account.js';
import type { AcmeCa } from '../../src/certificates/domain/acme/acme-ca.js';
import { REVOCATION_REASONS, type RevocationReason } from '../../src/certificates/domain/acme/revocation-reason.js';
import type { Secret } from '../../src/shared/secret.js';
import { isProblem } from './acme-error.js';
import type { AcmePaths } from './acme-paths.js';
import { connectionTo } from './ca-connection.js';
import { jwsSigner } from './jws.js';
import { openAccount } from './open-account.js';
import { signedRequest } from './signed-request.js';

export interface Revocation {
  readonly ca: AcmeCa;
  readonly certificatePem: string;
  readonly reason: RevocationReason;
  /** By the account that ordered it, or by its own key: that works when the account is lost. */
  readonly by: { readonly account: AcmeAccountWish } | { readonly privateKey: Secret };
}

export interface RevocationPorts {
  readonly paths: AcmePaths;
  readonly signal: AbortSignal;
  readonly log: (message: string) => void;
}

/** RFC 8555 §7.6. Idempotent: false when it was revoked before. @throws AcmeError */
export async function revokeByAcme(
  { ca, certificatePem, reason, by }: Revocation,
  ports: RevocationPorts,
): Promise<boolean> {
  const connection = connectionTo(ca);
  const { signal } = ports;
  const { revokeCert: url } = await connection.directory(signal);
  const payload = {
    certificate: new X509Certificate(certificatePem).raw.toString('base64url'),
    reason: REVOCATION_REASONS[reason],
  };
  try {
    if ('account' in by) {
      const account = await openAccount({ ...ports, connection }, by.account);
      await account.post(url, payload, { signal });
    } else {
      const signer = await jwsSigner(createPrivateKey(by.privateKey.reveal()));
      await signedRequest(connection, signer, { url, payload, signal });
    }
    return true;
  } catch (error) {
    if (isProblem(error, 'alreadyRevoked')) {
      return false;
    }
    throw error;
  }
}
