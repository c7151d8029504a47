import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Consumer, HttpServerSpec } from '../../src/consumers/index.js';
import { concrete } from './render-changes.js';

export interface CertificatePair {
  /** SHA-256 of the leaf, as a handshake shows it. */
  readonly fingerprint: string;
  /** Why clients will not trust it, although a server takes it: one sentence; null: nothing is seen against it. */
  readonly doubt: string | null;
}

/** Why a pair must not be given to a web server: one sentence, without anything of the key. */
export interface PairProblem {
  readonly problem: string;
}

/**
 * Checks the files that a virtual host would name, before it names them. An expired certificate passes: the server
 * starts with it, and a site must be able to change, or be switched off, when its certificate has run out.
 */
export async function checkPair(
  server: HttpServerSpec,
  form: Consumer['certificateForm'],
  spki: string,
  names: readonly string[],
): Promise<CertificatePair | PairProblem> {
  const directory = `${server.paths.tls}/${spki}/live`;
  if (form === 'COMBINED') {
    return checkCombined(`${directory}/combined.pem`, spki, names);
  }
  let pems: readonly [string, string];
  try {
    pems = await Promise.all([
      readFile(`${directory}/fullchain.pem`, 'utf8'),
      readFile(`${directory}/privkey.pem`, 'utf8'),
    ]);
  } catch {
    return { problem: `${directory} has no readable fullchain.pem and privkey.pem` };
  }
  return judgePair(pems[0], pems[1], spki, names);
}

async function checkCombined(
  file: string,
  spki: string,
  names: readonly string[],
): Promise<CertificatePair | PairProblem> {
  const content = await readFile(file, 'utf8').catch(() => undefined);
  if (content === undefined) {
    return { problem: `${file} cannot be read` };
  }
  // Certificate, chain, key, in this order: what comes after the key is taken for a part of it, and refused.
  const at = content.search(/-----BEGIN [A-Z ]*PRIVATE KEY-----/);
  const [chain, key] = at < 0 ? [content, ''] : [content.slice(0, at), content.slice(at)];
  return judgePair(chain, key, spki, names);
}

export function judgePair(
  chain: string,
  key: string,
  spki: string,
  names: readonly string[],
): CertificatePair | PairProblem {
  const leaf = attempt(() => new X509Certificate(chain));
  if (leaf === undefined) {
    return { problem: 'the certificate cannot be read' };
  }
  const privateKey = attempt(() => createPrivateKey(key));
  if (privateKey === undefined) {
    return { problem: 'the private key cannot be read, or is encrypted' };
  }
  if (!leaf.checkPrivateKey(privateKey)) {
    return { problem: 'the private key does not belong to the first certificate of the chain' };
  }
  if (attempt(() => createSecureContext({ cert: chain, key })) === undefined) {
    return { problem: 'the TLS library does not accept certificate and key together' };
  }
  if (spkiOf(leaf) !== spki) {
    return { problem: 'the certificate has another public key than its directory says' };
  }
  const uncovered = names.find((name) => leaf.checkHost(concrete(name), { subject: 'never' }) === undefined);
  return uncovered === undefined
    ? { fingerprint: leaf.fingerprint256, doubt: doubtOf(leaf, chain, new Date()) }
    : { problem: `the certificate does not cover ${uncovered}` };
}

/** Pure. What servers take without a word, and every client then complains about. */
export function doubtOf(leaf: X509Certificate, chain: string, now: Date): string | null {
  if (new Date(leaf.validTo) <= now) {
    return `it has expired on ${leaf.validTo}`;
  }
  if (new Date(leaf.validFrom) > now) {
    return `it is not valid before ${leaf.validFrom}`;
  }
  const isAlone = chain.split('-----BEGIN CERTIFICATE-----').length === 2;
  // Not checkIssued: a self-signed leaf may not sign others, and so is not taken for an issuer.
  return isAlone && !leaf.verify(leaf.publicKey) ? 'it comes without the certificate that signed it' : null;
}

export function spkiOf(certificate: X509Certificate): string {
  return createHash('sha256')
    .update(certificate.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
