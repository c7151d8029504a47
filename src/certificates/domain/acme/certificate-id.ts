import type { X509Certificate } from 'node:crypto';
import { contextTag, DER, readDer, writeObjectIdentifier } from '../der.js';

/**
 * What a CA knows a certificate by in ARI (RFC 9773 §4.1): the keyIdentifier of its authorityKeyIdentifier and its serial number,
 * as the bytes of the DER, each in base64url. Undefined for a certificate that names no authority's key.
 */
export function certificateIdOf(certificate: X509Certificate): string | undefined {
  const [body] = readDer(readDer(certificate.raw)[0]?.content ?? Buffer.alloc(0));
  const fields = readDer(body?.content ?? Buffer.alloc(0));
  const serial = fields.find(({ tag }) => tag === DER.INTEGER)?.content;
  const keyIdentifier = authorityKeyIdentifier(fields.find(({ tag }) => tag === contextTag(3, true))?.content);
  return serial === undefined || keyIdentifier === undefined ? undefined : certificateId(keyIdentifier, serial);
}

export function certificateId(keyIdentifier: Buffer, serial: Buffer): string {
  return `${keyIdentifier.toString('base64url')}.${serial.toString('base64url')}`;
}

const AUTHORITY_KEY_IDENTIFIER = writeObjectIdentifier('2.5.29.35');

/** RFC 5280 §4.2.1.1: `SEQUENCE { keyIdentifier [0] IMPLICIT OCTET STRING OPTIONAL, … }` in an extension's octet string. */
function authorityKeyIdentifier(extensions: Buffer | undefined): Buffer | undefined {
  for (const extension of extensions === undefined ? [] : readDer(readDer(extensions)[0]?.content ?? extensions)) {
    const parts = readDer(extension.content);
    const value = parts.find(({ tag }) => tag === DER.OCTET_STRING)?.content;
    if (
      value !== undefined &&
      extension.content.subarray(0, AUTHORITY_KEY_IDENTIFIER.length).equals(AUTHORITY_KEY_IDENTIFIER)
    ) {
      const [sequence] = readDer(value);
      return readDer(sequence?.content ?? Buffer.alloc(0)).find(({ tag }) => tag === contextTag(0, false))?.content;
    }
  }
  return undefined;
}
