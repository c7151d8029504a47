import { oidOf, readAsn1, TAG } from './asn1.js';
import { refuseUpload } from './refuse-upload.js';

const SIGNED_DATA = '1.2.840.113549.1.7.2';

/** The certificates of a PKCS#7 bundle (RFC 2315, `.p7b`), in DER. @throws DomainError CERTIFICATE_REFUSED */
export function readPkcs7(der: Buffer): readonly Buffer[] {
  const [type, content] = readAsn1(der)?.children ?? [];
  const signedData = content?.children[0];
  if (oidOf(type) !== SIGNED_DATA || signedData === undefined) {
    throw refuseUpload('PKCS7_UNREADABLE', 'The PKCS#7 bundle cannot be read; it is damaged, or of another kind.');
  }
  const certificates = signedData.children.find(({ tag }) => tag === TAG.CONTEXT_0);
  return (certificates?.children ?? []).filter(({ tag }) => tag === TAG.SEQUENCE).map((element) => element.der());
}

export function isPkcs7(der: Buffer): boolean {
  return oidOf(readAsn1(der)?.children[0]) === SIGNED_DATA;
}
