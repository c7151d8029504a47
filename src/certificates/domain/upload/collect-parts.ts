import { X509Certificate, type KeyObject } from 'node:crypto';
import { pastedBase64, pastedBlocks, type PastedBlock } from './pem-blocks.js';
import { isKeyLabel, readKeyDer, readPastedKey, type Passphrase } from './read-key.js';
import { isPkcs12, readPkcs12 } from './read-pkcs12.js';
import { isPkcs7, readPkcs7 } from './read-pkcs7.js';
import { refuseUpload, type UploadWarning } from './refuse-upload.js';

/** More than any bundle has; each costs a parse. */
const MAX_PARTS = 60;

/** Everything of use that was found, in the order in which it was pasted, each thing once. */
export interface Parts {
  readonly certificates: X509Certificate[];
  readonly keys: KeyObject[];
  readonly warnings: UploadWarning[];
}

/** @throws DomainError CERTIFICATE_REFUSED */
export function collectParts(texts: readonly string[], unlocking: Passphrase): Parts {
  const parts: Parts = { certificates: [], keys: [], warnings: [] };
  for (const text of texts) {
    const blocks = pastedBlocks(text);
    if (blocks.length > 0) {
      blocks.forEach((block) => takeBlock(block, parts, unlocking));
    } else if (text.trim() !== '') {
      takeDer(pastedBase64(text), parts, unlocking);
    }
    if (parts.certificates.length + parts.keys.length > MAX_PARTS) {
      throw refuseUpload(
        'TOO_LARGE',
        `There are more than ${MAX_PARTS} certificates and keys; paste those of one site.`,
      );
    }
  }
  return parts;
}

function takeBlock(block: PastedBlock, parts: Parts, unlocking: Passphrase): void {
  const { label, der } = block;
  switch (label) {
    case 'CERTIFICATE':
    case 'X509 CERTIFICATE':
    case 'TRUSTED CERTIFICATE':
      return addCertificate(der, parts);
    case 'PKCS7':
    case 'CMS':
      return readPkcs7(der ?? Buffer.alloc(0)).forEach((one) => addCertificate(one, parts));
    case 'PKCS12':
      return takeDer(der, parts, unlocking);
    case 'EC PARAMETERS':
      return;
    default:
      if (isKeyLabel(label)) {
        return addKey(readPastedKey(block, unlocking), parts);
      }
      parts.warnings.push({ reason: 'PART_IGNORED', message: `A block "${label}" is not needed, and was left aside.` });
  }
}

function takeDer(der: Buffer | undefined, parts: Parts, unlocking: Passphrase): void {
  if (der === undefined) {
    throw refuseUpload(
      'NOTHING_FOUND',
      'What was pasted is neither PEM ("-----BEGIN …") nor the base64 of a file; of a binary file, pass its base64.',
    );
  }
  if (isPkcs12(der)) {
    const content = readPkcs12(der, unlocking);
    content.certificates.forEach((one) => addCertificate(one, parts));
    content.keys.forEach((key) => addKey(key, parts));
  } else if (isPkcs7(der)) {
    readPkcs7(der).forEach((one) => addCertificate(one, parts));
  } else {
    takeUnnamed(der, parts, unlocking);
  }
}

function takeUnnamed(der: Buffer, parts: Parts, unlocking: Passphrase): void {
  const key = readKeyDer(der, unlocking);
  if (key === undefined) {
    addCertificate(der, parts);
  } else {
    addKey(key, parts);
  }
}

function addCertificate(der: Buffer | undefined, { certificates }: Parts): void {
  const certificate = der && readCertificate(der);
  if (certificate === undefined) {
    throw refuseUpload('CERTIFICATE_UNREADABLE', 'A certificate cannot be read; it is damaged, or cut off.');
  }
  if (!certificates.some(({ raw }) => raw.equals(certificate.raw))) {
    certificates.push(certificate);
  }
}

/** From its DER alone: bytes after it, such as those of OpenSSL's TRUSTED CERTIFICATE, do not come along. */
function readCertificate(der: Buffer): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(der);
    // Reads what is read later on, so that a certificate with a broken key or date fails here.
    return certificate.publicKey.asymmetricKeyType === undefined || Number.isNaN(Date.parse(certificate.validTo))
      ? undefined
      : certificate;
  } catch {
    return undefined;
  }
}

function addKey(key: KeyObject, { keys }: Parts): void {
  if (!keys.some((known) => known.equals(key))) {
    keys.push(key);
  }
}
