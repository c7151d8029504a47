import type { X509Certificate } from 'node:crypto';

/** Algorithm identifiers (RFC 4055, RFC 5758) that browsers still accept, by the hex digits of their OID. */
const STRONG: ReadonlySet<string> = new Set([
  '2a864886f70d01010b', // sha256WithRSAEncryption
  '2a864886f70d01010c', // sha384WithRSAEncryption
  '2a864886f70d01010d', // sha512WithRSAEncryption
  '2a864886f70d01010a', // RSASSA-PSS
  '2a8648ce3d040302', // ecdsa-with-SHA256
  '2a8648ce3d040303', // ecdsa-with-SHA384
  '2a8648ce3d040304', // ecdsa-with-SHA512
]);

const WEAK: Readonly<Record<string, string>> = {
  '2a864886f70d010102': 'MD2',
  '2a864886f70d010104': 'MD5',
  '2a864886f70d010105': 'SHA-1',
  '2b0e03021d': 'SHA-1',
  '2a864886f70d01010e': 'SHA-224',
  '2a8648ce3d0401': 'SHA-1',
  '2a8648ce3d040301': 'SHA-224',
};

/** The name of the algorithm that the certificate is signed with when it is too weak or unknown, else undefined. */
export function weakSignature(certificate: X509Certificate): string | undefined {
  const oid = signatureOid(certificate.raw);
  return STRONG.has(oid) ? undefined : (WEAK[oid] ?? 'an algorithm that is not known here');
}

/** The outer signatureAlgorithm of a DER certificate (RFC 5280 §4.1): node does not tell it before version 24. */
function signatureOid(der: Buffer): string {
  const certificate = elementAt(der, 0);
  const toBeSigned = elementAt(der, certificate.content);
  const algorithm = elementAt(der, toBeSigned.end);
  const oid = elementAt(der, algorithm.content);
  return der.subarray(oid.content, oid.end).toString('hex');
}

interface Element {
  readonly content: number;
  readonly end: number;
}

/** One DER element with a tag of one byte. Past the end of the buffer everything reads as empty. */
function elementAt(der: Buffer, offset: number): Element {
  const first = der[offset + 1] ?? 0;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const content = offset + 2 + lengthBytes;
  const length = lengthBytes === 0 ? first : Number(`0x${der.subarray(offset + 2, content).toString('hex') || '0'}`);
  return { content, end: content + length };
}
