import { createSecureContext } from 'node:tls';
import type { X509Certificate } from 'node:crypto';
import { wildcardCovers } from '../../shared/hostname.js';
import { certificateFacts } from './certificate-facts.js';
import { readMaterial, type CertificateMaterial, type MaterialProblem, type ReadMaterial } from './material.js';
import { describeKey, keyTypeOf } from './key-type.js';
import { weakSignature } from './signature-algorithm.js';
import { joinPem } from './strict-pem.js';
import { validityAt } from './validity.js';

type Check = (material: ReadMaterial, now: Date) => MaterialProblem | undefined;

/**
 * What is wrong with a certificate, its chain and its key, or undefined when a server may be given them. The first reason
 * is the one to mend first. Done before any file is swapped, because servers do not: `apache2 -t` accepts a key
 * that does not match and dies at the graceful restart; nginx serves an expired certificate and a broken chain without a word.
 * Pure: `now` is the caller's, nothing is read or written, and no message quotes the key.
 */
export function checkMaterial(material: CertificateMaterial, now: Date): MaterialProblem | undefined {
  const read = readMaterial(material);
  if ('reason' in read) {
    return read;
  }
  for (const check of CHECKS) {
    const problem = check(read, now);
    if (problem !== undefined) {
      return problem;
    }
  }
  return undefined;
}

const leafIsNotACertificateAuthority: Check = ({ leaf }) =>
  leaf.ca
    ? { reason: 'LEAF_IS_CA', message: 'The first certificate belongs to a CA; put the certificate of the site first.' }
    : undefined;

const certificateIsForServers: Check = ({ leaf }) => {
  // An absent extendedKeyUsage allows everything (RFC 5280 §4.2.1.12); node's type leaves that case out.
  const usages = leaf.keyUsage as readonly string[] | undefined;
  return usages === undefined || usages.includes('1.3.6.1.5.5.7.3.1') || usages.includes('2.5.29.37.0')
    ? undefined
    : { reason: 'NOT_FOR_SERVERS', message: 'The certificate is not for TLS servers (extendedKeyUsage).' };
};

const keyIsStrongEnough: Check = ({ leaf }) => {
  const bits = leaf.publicKey.asymmetricKeyDetails?.modulusLength;
  return bits !== undefined && bits < 2048
    ? { reason: 'KEY_TOO_WEAK', message: `The RSA key has ${bits} bits; servers and browsers want 2048 or more.` }
    : undefined;
};

const keyTypeIsSupported: Check = ({ leaf }) =>
  keyTypeOf(leaf.publicKey) === undefined
    ? {
        reason: 'KEY_TYPE_NOT_SUPPORTED',
        message: `The key is ${describeKey(leaf.publicKey)}; browsers and servers agree on ECDSA with P-256 or P-384, and on RSA with 2048, 3072 or 4096 bits.`,
      }
    : undefined;

const signaturesAreStrongEnough: Check = ({ leaf, chain }) => {
  for (const certificate of [leaf, ...chain]) {
    const weak = weakSignature(certificate);
    if (weak !== undefined) {
      return {
        reason: 'SIGNATURE_TOO_WEAK',
        message: `${oneLine(certificate.subject)} is signed with ${weak}, which browsers refuse; have it issued again with SHA-256.`,
      };
    }
  }
  return undefined;
};

const keyMatchesCertificate: Check = ({ leaf, key }) =>
  key === undefined || leaf.checkPrivateKey(key)
    ? undefined
    : { reason: 'KEY_DOES_NOT_MATCH', message: 'The private key does not belong to the certificate.' };

const chainIsComplete: Check = ({ leaf, chain }) =>
  chain.length > 0 || isSelfSigned(leaf)
    ? undefined
    : {
        reason: 'CHAIN_MISSING',
        message: `The certificate comes without the one that signed it (${oneLine(leaf.issuer)}); browsers would not trust it.`,
      };

const chainLinksVerify: Check = ({ leaf, chain }) => {
  const links = [leaf, ...chain];
  const broken = chain.find((issuer, index) => !isIssuedBy(links[index] ?? leaf, issuer));
  return broken === undefined
    ? undefined
    : {
        reason: 'CHAIN_BROKEN',
        message: `In the chain, ${oneLine(broken.subject)} did not sign the certificate before it; put each after the one that it signed.`,
      };
};

const chainIsValidNow: Check = ({ chain }, now) => {
  const dead = chain.find((certificate) => validityAt(certificateFacts(certificate), now) !== 'VALID');
  return dead === undefined
    ? undefined
    : {
        reason: 'CHAIN_EXPIRED',
        message: `In the chain, ${oneLine(dead.subject)} is not valid now (until ${dead.validTo}).`,
      };
};

const namesAreCovered: Check = ({ leaf, pem }) => {
  const missing = uncovered(certificateFacts(leaf).names, pem.names);
  return missing.length === 0
    ? undefined
    : { reason: 'NAMES_NOT_COVERED', message: `The certificate does not cover ${listed(missing)}.` };
};

const certificateIsValidNow: Check = ({ leaf }, now) => {
  const state = validityAt(certificateFacts(leaf), now);
  if (state === 'EXPIRED') {
    return { reason: 'EXPIRED', message: `The certificate expired on ${leaf.validTo}.` };
  }
  return state === 'VALID'
    ? undefined
    : { reason: 'NOT_YET_VALID', message: `The certificate is valid only from ${leaf.validFrom}; check the clock.` };
};

/** Last: it is the library's own opinion, and says least about the reason. It takes an empty or expired certificate. */
const tlsAccepts: Check = ({ pem }) => {
  try {
    createSecureContext({ cert: joinPem(pem.certificatePem, pem.chainPem), key: pem.privateKeyPem });
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    return { reason: 'REFUSED_BY_TLS', message: `The TLS library refuses the certificate (${code}).` };
  }
};

const CHECKS: readonly Check[] = [
  leafIsNotACertificateAuthority,
  certificateIsForServers,
  keyIsStrongEnough,
  keyTypeIsSupported,
  signaturesAreStrongEnough,
  keyMatchesCertificate,
  chainIsComplete,
  chainLinksVerify,
  chainIsValidNow,
  namesAreCovered,
  certificateIsValidNow,
  tlsAccepts,
];

/** `checkIssued` says no to a self-signed leaf, for its keyUsage rightly lacks keyCertSign: names and signature decide. */
export function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey);
}

export function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

/** A distinguished name on one line, as it may stand in a message. */
export function oneLine(name: string): string {
  return name.split('\n').join(', ').slice(0, 200);
}

function listed(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
}

/** Those of `names` that a certificate with the names `held` does not cover. */
export function uncovered(held: readonly string[], names: readonly string[]): readonly string[] {
  const exact = new Set(held);
  return names.filter((name) => !exact.has(name) && !held.some((one) => wildcardCovers(one, name)));
}
