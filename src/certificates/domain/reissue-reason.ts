import type { KeyType } from './key-type.js';
import { validityAt, type Validity } from './validity.js';

export interface WantedCertificate {
  readonly names: readonly string[];
  readonly keyType: KeyType;
  /** Fingerprint of the certificate that is to be replaced, however much life it has. */
  readonly replaces?: string | undefined;
}

export interface HeldCertificate extends Validity {
  readonly names: readonly string[];
  readonly keyType: KeyType | undefined;
  readonly fingerprint?: string;
}

export interface ReissueReason {
  readonly reason: 'NAMES_DIFFER' | 'KEY_TYPE_DIFFERS' | 'NOT_YET_VALID' | 'TIME_IS_UP' | 'REPLACED';
  readonly message: string;
}

/**
 * Why the certificate that is held has to be made anew, or undefined when it serves: exactly these names (in any order), this
 * key type, valid now, and more than a third of its life left.
 */
export function reissueReason(held: HeldCertificate, wanted: WantedCertificate, now: Date): ReissueReason | undefined {
  return (
    namesDiffer(held, wanted) ??
    keyTypeDiffers(held, wanted) ??
    notYetValid(held, now) ??
    timeIsUp(held, now) ??
    isReplaced(held, wanted)
  );
}

function namesDiffer(held: HeldCertificate, wanted: WantedCertificate): ReissueReason | undefined {
  const has = new Set(held.names);
  const wants = new Set(wanted.names);
  return has.size === wants.size && [...wants].every((name) => has.has(name))
    ? undefined
    : { reason: 'NAMES_DIFFER', message: 'The names have changed.' };
}

function keyTypeDiffers(held: HeldCertificate, wanted: WantedCertificate): ReissueReason | undefined {
  return held.keyType === wanted.keyType
    ? undefined
    : { reason: 'KEY_TYPE_DIFFERS', message: `Another type of key is wanted: ${wanted.keyType}.` };
}

function notYetValid(held: Validity, now: Date): ReissueReason | undefined {
  return validityAt(held, now) === 'NOT_YET_VALID'
    ? { reason: 'NOT_YET_VALID', message: 'It was made while the clock was ahead.' }
    : undefined;
}

function timeIsUp({ notBefore, notAfter }: Validity, now: Date): ReissueReason | undefined {
  const life = notAfter.getTime() - notBefore.getTime();
  const left = notAfter.getTime() - now.getTime();
  return left * 3 > life ? undefined : { reason: 'TIME_IS_UP', message: 'A third of its life or less is left.' };
}

/** Asked for by fingerprint, so that doing it twice is doing it once: what took its place has another. */
function isReplaced(held: HeldCertificate, { replaces }: WantedCertificate): ReissueReason | undefined {
  return replaces !== undefined && held.fingerprint === replaces
    ? { reason: 'REPLACED', message: 'Its renewal is due.' }
    : undefined;
}
