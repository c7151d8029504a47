import { sign, verify, type KeyObject, type X509Certificate } from 'node:crypto';
import { DomainError } from '../../../shared/domain-error.js';
import { Secret } from '../../../shared/secret.js';
import { checkMaterial } from '../check-material.js';
import { writeStrictPem } from '../strict-pem.js';
import { buildChain } from './build-chain.js';
import { chooseLeafFor, chooseLeafWithKey, type Chosen } from './choose-leaf.js';
import { collectParts } from './collect-parts.js';
import { RoundsBudget } from './derivation.js';
import { refuseUpload, type UploadWarning } from './refuse-upload.js';

const MAX_CHARACTERS = 256 * 1024;
const MAX_PASSPHRASE = 1024;

export interface Upload {
  /**
   * What was pasted, in any order and mixture: PEM with text around it, base64 of DER, PKCS#7, PKCS#12; keys as PKCS#8, PKCS#1 or
   * SEC 1, encrypted or not.
   */
  readonly material: readonly Secret[];
  readonly passphrase: Secret | null;
  /** Every one must be covered. */
  readonly names: readonly string[];
  /** Of the key on the server that the certificate was made for; null: the key is among what was pasted. */
  readonly spki: string | null;
}

/** One pair as a server is to have it, in strict PEM. */
export interface ReadUpload {
  readonly certificatePem: string;
  /** In order, without the root. */
  readonly chainPem: string;
  /** PKCS#8, unencrypted. Null where it is on the server. */
  readonly privateKey: Secret | null;
  readonly warnings: readonly UploadWarning[];
}

/**
 * Makes of what somebody pasted the one pair that a server can serve, or says why there is none. Pure, and blocks: up to some
 * seconds for a passphrase with many rounds, so it runs in a thread. Reads no network: a missing intermediate certificate is named, not fetched.
 * No message holds anything of a key or a passphrase.
 * @throws DomainError CERTIFICATE_REFUSED with `details.reason`, and nothing else whatever is pasted
 */
export function readUpload(upload: Upload, now: Date): ReadUpload {
  try {
    return read(upload, now);
  } catch (error) {
    if (error instanceof DomainError) {
      throw error;
    }
    // What a parser says of hostile bytes may quote them.
    throw refuseUpload('CERTIFICATE_UNREADABLE', 'What was pasted cannot be read; it is damaged.');
  }
}

function read({ material, passphrase, names, spki }: Upload, now: Date): ReadUpload {
  const texts = material.map((text) => text.reveal());
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (length > MAX_CHARACTERS || (passphrase?.reveal().length ?? 0) > MAX_PASSPHRASE) {
    throw refuseUpload(
      'TOO_LARGE',
      `What was pasted is longer than ${MAX_CHARACTERS / 1024} KiB; paste one certificate with its chain and key.`,
    );
  }
  const parts = collectParts(texts, { passphrase: passphrase?.reveal() ?? null, budget: new RoundsBudget() });
  const chosen = spki === null ? chooseLeafWithKey(parts, names, now) : chooseLeafFor(spki, parts, now);
  const { chain, warnings } = buildChain(chosen.leaf, parts.certificates, now);
  const pair = { certificatePem: pemOf(chosen.leaf), chainPem: chain.map(pemOf).join('') };
  const privateKey = chosen.key && pkcs8(chosen.key);
  mustBeSound({ ...pair, names, ...(privateKey && { privateKeyPem: privateKey.reveal() }) }, chosen, now);
  return { ...pair, privateKey, warnings: [...parts.warnings, ...chosen.warnings, ...warnings] };
}

function mustBeSound(material: Parameters<typeof checkMaterial>[0], { leaf, key }: Chosen, now: Date): void {
  const problem = checkMaterial(material, now);
  if (problem !== undefined) {
    throw refuseUpload(problem.reason, problem.message);
  }
  if (key !== null && !signsFor(key, leaf)) {
    throw refuseUpload(
      'KEY_BROKEN',
      'The private key has the right public half and does not sign for it; it is damaged.',
    );
  }
}

/** Libraries compare public halves only: a key whose private half is damaged fails at the first handshake. */
function signsFor(key: KeyObject, { publicKey }: X509Certificate): boolean {
  const probe = Buffer.from('Does this key sign?');
  try {
    return verify('sha256', probe, publicKey, sign('sha256', probe, key));
  } catch {
    return false;
  }
}

function pkcs8(key: KeyObject): Secret {
  const der = key.export({ type: 'pkcs8', format: 'der' });
  return new Secret(writeStrictPem({ label: 'PRIVATE KEY', der }));
}

function pemOf({ raw }: X509Certificate): string {
  return writeStrictPem({ label: 'CERTIFICATE', der: raw });
}
