import { payloadOf, signedBy } from '../http/payload.js';
import type { AcmeRequest, Reply, SignedRequest } from '../http/request.js';
import { AcmeProblem } from '../problem.js';
import type { Account, CaState, StoredCertificate } from '../state.js';
import { authorizationStatus } from './order-view.js';

const KEY_COMPROMISE = 1;
const CESSATION_OF_OPERATION = 5;
/** unspecified, keyCompromise, affiliationChanged, superseded, cessationOfOperation, privilegeWithdrawn. */
const REASONS: ReadonlySet<unknown> = new Set([0, KEY_COMPROMISE, 3, 4, CESSATION_OF_OPERATION, 9]);

/**
 * RFC 8555 §7.6 as Boulder has it: by the account that has the certificate, for any reason; by one that controls all its names, for
 * cessationOfOperation whatever it says; by its own key, for keyCompromise whatever it says, and then the key is done for.
 */
export function revokeCert(ca: CaState, request: AcmeRequest): Reply {
  const { certificate, reason = 0 } = payloadOf(request);
  if (typeof certificate !== 'string') {
    throw new AcmeProblem('malformed', 'Unable to parse revocation request: no certificate');
  }
  const der = Buffer.from(certificate, 'base64url');
  const found = [...ca.certificates.values()].find((each) => each.der.equals(der));
  if (found === undefined) {
    throw new AcmeProblem('malformed', 'Certificate from unrecognized issuer', { status: 404 });
  }
  const allowed = reasonsAllowed(ca, signedBy(request), found, reason);
  if (!REASONS.has(reason)) {
    throw new AcmeProblem('badRevocationReason', `unsupported revocation reason code provided: ${String(reason)}`);
  }
  const { facts, keyThumbprint } = found;
  const isWorse = allowed.isByKey && facts.revocationReason !== KEY_COMPROMISE;
  if (facts.revokedAt !== undefined && !isWorse) {
    throw new AcmeProblem('alreadyRevoked', 'Certificate already revoked');
  }
  facts.revokedAt ??= ca.clock.ms();
  facts.revocationReason = allowed.reason;
  if (allowed.isByKey) {
    ca.blockedKeys.add(keyThumbprint);
  }
  return { status: 200 };
}

function reasonsAllowed(
  ca: CaState,
  { account, key }: SignedRequest,
  found: StoredCertificate,
  reason: unknown,
): { readonly isByKey: boolean; readonly reason: number } {
  if (account === undefined) {
    if (key.thumbprint !== found.keyThumbprint) {
      throw new AcmeProblem('unauthorized', 'Certificate was not issued for the key that signed this request');
    }
    return { isByKey: true, reason: KEY_COMPROMISE };
  }
  if (account.id === found.facts.account) {
    return { isByKey: false, reason: Number(reason) };
  }
  if (!controlsAll(ca, account, found)) {
    throw new AcmeProblem('unauthorized', 'The requesting account does not control all names of the certificate');
  }
  return { isByKey: false, reason: CESSATION_OF_OPERATION };
}

function controlsAll(ca: CaState, account: Account, { facts }: StoredCertificate): boolean {
  const controlled = new Set(
    [...ca.authorizations.values()]
      .filter((each) => each.account === account.id && authorizationStatus(ca, each) === 'valid')
      .map(({ identifier, isWildcard }) => `${isWildcard ? '*.' : ''}${identifier.value}`),
  );
  return facts.identifiers.every((name) => controlled.has(name));
}
