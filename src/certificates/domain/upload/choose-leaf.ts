import { createPublicKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { certificateFacts } from '../certificate-facts.js';
import { oneLine, uncovered } from '../check-material.js';
import { spkiOf } from '../spki.js';
import type { Parts } from './collect-parts.js';
import { longestLasting } from './longest-lasting.js';
import { refuseUpload, type UploadWarning } from './refuse-upload.js';

export interface Chosen {
  readonly leaf: X509Certificate;
  /** Null where the key is on the server. */
  readonly key: KeyObject | null;
  readonly warnings: readonly UploadWarning[];
}

/**
 * The certificate of the site among those pasted: the one that a pasted key belongs to. Of several, one that
 * covers the names, is valid now and lasts longest.
 * @throws DomainError CERTIFICATE_REFUSED
 */
export function chooseLeafWithKey({ certificates, keys }: Parts, names: readonly string[], now: Date): Chosen {
  if (certificates.length === 0) {
    throw noCertificate();
  }
  const bySpki = new Map(keys.map((key) => [spkiOf(createPublicKey(key)), key]));
  if (bySpki.size === 0) {
    throw refuseUpload(
      'KEY_MISSING',
      'There is no private key; paste it too, or ask for a certificate with createCsr, which makes the key on the server.',
    );
  }
  const mine = certificates.filter(({ publicKey }) => bySpki.has(spkiOf(publicKey)));
  const fitting = mine.filter((one) => uncovered(certificateFacts(one).names, names).length === 0);
  const leaf = longestLasting(fitting.length > 0 ? fitting : mine, now);
  if (leaf === undefined) {
    throw refuseUpload(
      'KEY_DOES_NOT_MATCH',
      `The private key does not belong to the certificate of ${oneLine(certificates[0]?.subject ?? '')}; paste the key that its request was made with.`,
    );
  }
  const key = bySpki.get(spkiOf(leaf.publicKey)) ?? null;
  const others = bySpki.size - 1;
  const message = `${others} private key${others === 1 ? '' : 's'} of other certificates came along and ${others === 1 ? 'was' : 'were'} left aside and not kept.`;
  return { leaf, key, warnings: others > 0 ? [{ reason: 'KEY_IGNORED', message }] : [] };
}

/** The certificate for a key that is on the server. @throws DomainError CERTIFICATE_REFUSED */
export function chooseLeafFor(spki: string, { certificates, keys }: Parts, now: Date): Chosen {
  if (keys.length > 0) {
    throw refuseUpload(
      'KEY_NOT_WANTED',
      'There is a private key among what was pasted; the key of this certificate is on its server, so paste the certificate and its chain only.',
    );
  }
  const leaf = longestLasting(
    certificates.filter(({ publicKey }) => spkiOf(publicKey) === spki),
    now,
  );
  if (leaf === undefined) {
    throw certificates.length === 0
      ? noCertificate()
      : refuseUpload(
          'KEY_DOES_NOT_MATCH',
          `The certificate of ${oneLine(certificates[0]?.subject ?? '')} was not made from this request: its public key is another one.`,
        );
  }
  return { leaf, key: null, warnings: [] };
}

function noCertificate(): Error {
  return refuseUpload('CERTIFICATE_MISSING', 'There is no certificate among what was pasted.');
}
