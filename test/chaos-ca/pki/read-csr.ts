import 'reflect-metadata';
import { createPublicKey, type KeyObject } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { calculateJwkThumbprint } from 'jose';
import { identifierSet, type Identifier } from '../identifier.js';
import { AcmeProblem } from '../problem.js';

export interface CheckedCsr {
  readonly publicKey: KeyObject;
  /** RFC 7638, to compare with the key of an account. */
  readonly thumbprint: string;
}

/**
 * What Boulder checks of a certificate signing request: it is one, it is signed by its own key with something better than SHA-1, the
 * key is strong, is of a kind that is certified, and is not the account's, and its names are those of the order, no more, no less.
 *
 * @throws AcmeProblem badCSR, malformed
 */
export async function readCsr(
  der: Buffer,
  {
    identifiers,
    accountThumbprint,
  }: { readonly identifiers: readonly Identifier[]; readonly accountThumbprint: string },
): Promise<CheckedCsr> {
  const csr = parse(der);
  const hash = (csr.signatureAlgorithm as { readonly hash?: { readonly name: string } }).hash?.name;
  if (hash === 'SHA-1' || !(await csr.verify().catch(() => false))) {
    throw new AcmeProblem(
      'badCSR',
      hash === 'SHA-1' ? 'signature algorithm not supported' : 'invalid signature on CSR',
    );
  }
  const publicKey = createPublicKey({ key: Buffer.from(csr.publicKey.rawData), format: 'der', type: 'spki' });
  const weak = weaknessOf(publicKey);
  if (weak !== undefined) {
    throw new AcmeProblem('badCSR', `invalid public key in CSR: ${weak}`);
  }
  const thumbprint = await calculateJwkThumbprint(publicKey.export({ format: 'jwk' }));
  if (thumbprint === accountThumbprint) {
    throw new AcmeProblem('badCSR', 'certificate public key must be different than account key');
  }
  if (identifierSet(namesOf(csr)) !== identifierSet(identifiers.map(({ value }) => value))) {
    throw new AcmeProblem('badCSR', 'CSR does not specify same identifiers as Order');
  }
  return { publicKey, thumbprint };
}

/** The sizes and curves that Let's Encrypt certifies; undefined when it is one of them. */
export function weaknessOf(key: KeyObject): string | undefined {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa') {
    return [2048, 3072, 4096].includes(modulusLength ?? 0)
      ? undefined
      : `key size not supported: ${String(modulusLength)}`;
  }
  if (key.asymmetricKeyType === 'ec') {
    return ['prime256v1', 'secp384r1'].includes(namedCurve ?? '')
      ? undefined
      : `ECDSA curve ${String(namedCurve)} not allowed`;
  }
  return `unsupported key type ${String(key.asymmetricKeyType)}`;
}

function parse(der: Buffer): x509.Pkcs10CertificateRequest {
  try {
    return new x509.Pkcs10CertificateRequest(der);
  } catch {
    throw new AcmeProblem('malformed', 'Error parsing certificate request: not a PKCS#10 structure');
  }
}

function namesOf(csr: x509.Pkcs10CertificateRequest): readonly string[] {
  const extension = csr.extensions.find((each) => each instanceof x509.SubjectAlternativeNameExtension);
  const alternatives = extension?.names.items ?? [];
  const others = alternatives.filter(({ type }) => type !== 'dns' && type !== 'ip');
  if (others.length > 0) {
    throw new AcmeProblem('badCSR', `CSR contains a name of type ${String(others[0]?.type)}`);
  }
  return [...csr.subjectName.getField('CN'), ...alternatives.map(({ value }) => value)];
}
