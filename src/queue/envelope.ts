import { GeneralEncrypt, SignJWT, errors, generalDecrypt, jwtVerify, type CryptoKey, type GeneralJWE } from 'jose';
import { DomainError } from '../shared/domain-error.js';
import { newId } from '../shared/ids.js';
import type { PlainObject } from '../shared/plain.js';
import { CONTENT_ENCRYPTION, ENCRYPTION_ALGORITHM, SIGNING_ALGORITHM } from './key-files.js';

/** How far the clocks of two servers may differ, in seconds. */
const CLOCK_TOLERANCE_S = 60;
/** Of a sealed message, as text. */
const MAX_LENGTH = 16 * 1024 * 1024;
/** Whom it is for, and a recovery key. Each further one costs whoever opens it a key agreement. */
const MAX_RECIPIENTS = 2;

export interface Sealing {
  readonly issuer: string;
  readonly audience: string;
  readonly type: MessageType;
  readonly signingKey: CryptoKey;
  /** The recipient first; a recovery key may follow. */
  readonly recipients: readonly CryptoKey[];
  readonly validForS: number;
}

export interface Opening {
  readonly issuer: string;
  readonly audience: string;
  readonly type: MessageType;
  readonly verificationKey: CryptoKey;
  readonly decryptionKey: CryptoKey;
}

/** JWS `typ`: a message made for one purpose is never taken for another. */
export type MessageType = 'hler-order+jwt' | 'hler-report+jwt';

/**
 * A JWS (RFC 7515: signed by the issuer, addressed, dated, with an id) inside a JWE (RFC 7516: readable by the
 * recipients only), as text for a queue.
 */
export async function seal(body: object, sealing: Sealing): Promise<string> {
  const signed = await new SignJWT({ body })
    .setProtectedHeader({ alg: SIGNING_ALGORITHM, typ: sealing.type })
    .setIssuer(sealing.issuer)
    .setAudience(sealing.audience)
    .setIssuedAt()
    .setExpirationTime(`${sealing.validForS}s`)
    .setJti(newId())
    .sign(sealing.signingKey);
  const encrypt = new GeneralEncrypt(new TextEncoder().encode(signed)).setProtectedHeader({ enc: CONTENT_ENCRYPTION });
  for (const recipient of sealing.recipients) {
    encrypt.addRecipient(recipient).setUnprotectedHeader({ alg: ENCRYPTION_ALGORITHM });
  }
  return JSON.stringify(await encrypt.encrypt());
}

/**
 * @returns the body, of a shape that the caller still has to check.
 * @throws DomainError MESSAGE_REFUSED: not readable by us, unsigned, altered, expired, or not meant for us.
 */
export async function open(sealed: string, opening: Opening): Promise<PlainObject> {
  try {
    const { plaintext } = await generalDecrypt(parseSealed(sealed), opening.decryptionKey, {
      keyManagementAlgorithms: [ENCRYPTION_ALGORITHM],
      contentEncryptionAlgorithms: [CONTENT_ENCRYPTION],
    });
    const { payload } = await jwtVerify(plaintext, opening.verificationKey, {
      algorithms: [SIGNING_ALGORITHM],
      issuer: opening.issuer,
      audience: opening.audience,
      typ: opening.type,
      clockTolerance: CLOCK_TOLERANCE_S,
      requiredClaims: ['exp', 'iat', 'jti'],
    });
    return payload['body'] as PlainObject;
  } catch (error) {
    throw refused(error, opening);
  }
}

/** Checked before anything is decrypted: whoever can reach the queue has written this. */
function parseSealed(sealed: string): GeneralJWE {
  if (sealed.length > MAX_LENGTH) {
    throw new errors.JWEInvalid('The message is too long.');
  }
  const message = JSON.parse(sealed) as GeneralJWE | null;
  if (Array.isArray(message?.recipients) && message.recipients.length > MAX_RECIPIENTS) {
    throw new errors.JWEInvalid('The message has too many recipients.');
  }
  return message as GeneralJWE;
}

function refused(error: unknown, opening: Opening): DomainError {
  const reason = error instanceof errors.JOSEError ? error.code : 'ERR_NOT_A_MESSAGE';
  return new DomainError('MESSAGE_REFUSED', `A message said to be from ${opening.issuer} was refused: ${reason}.`, {
    details: { reason, issuer: opening.issuer },
    cause: error,
  });
}
