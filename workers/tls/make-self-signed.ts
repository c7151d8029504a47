import 'reflect-metadata';
import { generateKeyPair, randomBytes, webcrypto, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import * as x509 from '@peculiar/x509';
import { DEFAULT_KEY_TYPE, curveOf, keyTypeOf, rsaBits, type KeyType } from '../../src/certificates/domain/key-type.js';
import { writeStrictPem } from '../../src/certificates/domain/strict-pem.js';
import { Secret } from '../../src/shared/secret.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface SelfSignedRequest {
  /** Parsed hostnames, wildcards allowed, at least one. */
  readonly names: readonly string[];
  readonly days: number;
  readonly now: Date;
}

/** A fresh key. RSA takes 0.2 to 2 s on libuv's pool, P-256 next to nothing; neither blocks this thread. */
export async function makeKeyPair(keyType: KeyType): Promise<KeyPair> {
  const bits = rsaBits(keyType);
  return bits === undefined
    ? promisify(generateKeyPair)('ec', { namedCurve: curveOf(keyType) })
    : promisify(generateKeyPair)('rsa', { modulusLength: bits, publicExponent: 0x1_00_01 });
}

/** PKCS#8 PEM, the one form that nginx, apache, pound, node and acme-client all read. */
export function privateKeyPem(key: KeyObject): Secret {
  return new Secret(key.export({ type: 'pkcs8', format: 'pem' }).toString());
}

/**
 * A certificate for TLS servers that signs itself (RFC 5280 profile; ca=false, so that a stolen key can vouch for no other
 * name), as strict PEM. Valid from an hour ago, for clocks that are behind, until `days` from `now`. SHA-256.
 */
export async function selfSign(pair: KeyPair, { names, days, now }: SelfSignedRequest): Promise<string> {
  const keys = await toWebCrypto(pair);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: new x509.Name(subjectOf(names)),
    notBefore: new Date(now.getTime() - HOUR_MS),
    notAfter: new Date(now.getTime() + days * DAY_MS),
    signingAlgorithm: { hash: 'SHA-256' },
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(keyUsageOf(pair.publicKey), true),
      new x509.ExtendedKeyUsageExtension([SERVER_AUTH]),
      new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value }))),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return writeStrictPem({ label: 'CERTIFICATE', der: Buffer.from(certificate.rawData) });
}

/**
 * The organisation is always there, because an issuer may not be empty (RFC 5280 §4.1.2.4) and because it tells a person who looks
 * at the certificate what it is. A common name holds 64 characters at most (ub-common-name): the first name that fits, or none.
 */
function subjectOf(names: readonly string[]): x509.JsonName {
  const commonName = names.find((name) => name.length <= 64);
  const organisation = { O: ['Hler self-signed'] };
  return commonName === undefined ? [organisation] : [{ CN: [commonName] }, organisation];
}

/** RFC 5280 §4.1.2.2: positive, 20 octets at most; here always 20, of which 158 bits are random. */
function randomSerial(): string {
  const bytes = randomBytes(20);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

/** RSA key transport still exists in TLS 1.2; ECDSA keys only sign. */
function keyUsageOf(publicKey: KeyObject): x509.KeyUsageFlags {
  let usage = x509.KeyUsageFlags.digitalSignature;
  if (publicKey.asymmetricKeyType === 'rsa') {
    usage |= x509.KeyUsageFlags.keyEncipherment;
  }
  return usage;
}

/** The same keys as WebCrypto has them, for signing certificates and requests. */
export async function toWebCrypto({ privateKey, publicKey }: KeyPair): Promise<webcrypto.CryptoKeyPair> {
  const algorithm =
    publicKey.asymmetricKeyType === 'rsa'
      ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
      : { name: 'ECDSA', namedCurve: curveOf(keyTypeOf(publicKey) ?? DEFAULT_KEY_TYPE) };
  const { subtle } = webcrypto;
  return {
    privateKey: await subtle.importKey('pkcs8', privateKey.export({ type: 'pkcs8', format: 'der' }), algorithm, false, [
      'sign',
    ]),
    publicKey: await subtle.importKey('spki', publicKey.export({ type: 'spki', format: 'der' }), algorithm, true, [
      'verify',
    ]),
  };
}
