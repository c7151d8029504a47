import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { ProbeKey } from './sign.js';

const ALGORITHMS: Readonly<Record<string, { name: string; namedCurve?: string; hash: string }>> = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  ES512: { name: 'ECDSA', namedCurve: 'P-521', hash: 'SHA-512' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
};

/** A signing request as base64url, for names and addresses; `hash` to sign with another. */
export async function makeCsr(key: ProbeKey, names: readonly string[], { hash = '' } = {}): Promise<string> {
  const known = ALGORITHMS[key.alg]!;
  const algorithm = hash === '' ? known : { ...known, hash };
  const { subtle } = webcrypto;
  const pkcs8 = key.privateKey.export({ type: 'pkcs8', format: 'der' });
  const privateKey = await subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']);
  const publicKey = await subtle.importKey('jwk', key.jwk, algorithm, true, ['verify']);
  const items = names.map((value) => ({ type: /^[\d.]+$|:/.test(value) ? ('ip' as const) : ('dns' as const), value }));
  const csr = await x509.Pkcs10CertificateRequestGenerator.create({
    keys: { privateKey, publicKey },
    signingAlgorithm: algorithm,
    extensions: [new x509.SubjectAlternativeNameExtension(items)],
  });
  return Buffer.from(csr.rawData).toString('base64url');
}
