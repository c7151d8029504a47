import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { integerOf, octets, oidOf, readAsn1, TAG, type Asn1 } from './asn1.js';
import { derivePkcs12, PURPOSE } from './derivation.js';
import { decryptWithPassphrase, type Unlocking } from './password-based.js';
import { readEncryptedKey, readKey, type Passphrase } from './read-key.js';
import { refuseUpload } from './refuse-upload.js';

const DATA = '1.2.840.113549.1.7.1';
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6';
const BAG = '1.2.840.113549.1.12.10.1.';
/** Safe contents within safe contents; nobody makes more. */
const MAX_DEPTH = 4;

const HASHES: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

export interface Pkcs12Content {
  /** DER. */
  readonly certificates: readonly Buffer[];
  readonly keys: readonly KeyObject[];
}

export function isPkcs12(der: Buffer): boolean {
  const [version, content] = readAsn1(der)?.children ?? [];
  return integerOf(version) === 3 && oidOf(content?.children[0]) === DATA;
}

/**
 * What is in a PKCS#12 file (RFC 7292), keys and certificates of every kind: bags are taken as DER, so that what
 * node-forge has no types for (ECDSA) passes too. The passphrase is proved by the MAC before anything is decrypted.
 * @throws DomainError CERTIFICATE_REFUSED: PASSPHRASE_MISSING, PASSPHRASE_WRONG, PKCS12_UNREADABLE, ENCRYPTION_NOT_SUPPORTED
 */
export function readPkcs12(der: Buffer, { passphrase, budget }: Passphrase): Pkcs12Content {
  const [, contentInfo, macData] = readAsn1(der)?.children ?? [];
  const authenticated = dataOf(contentInfo);
  // No passphrase is written as an empty one, or as none, depending on the program.
  const tries = passphrase === null || passphrase === '' ? ['', null] : [passphrase];
  const proved = tries.find((one) => macFits(macData, authenticated, { passphrase: one, budget }));
  if (proved === undefined) {
    throw passphrase === null
      ? refuseUpload('PASSPHRASE_MISSING', 'The PKCS#12 file is protected; pass its passphrase.')
      : refuseUpload('PASSPHRASE_WRONG', 'The passphrase does not open the PKCS#12 file.');
  }
  const unlocking = { passphrase: proved, budget };
  const bags = sequenceIn(authenticated).flatMap((part) => safeBags(safeContents(part, unlocking), 0));
  return {
    certificates: bags.flatMap(certificateOf),
    keys: bags.flatMap((bag) => keyOf(bag, unlocking)),
  };
}

function macFits(macData: Asn1 | undefined, content: Buffer, { passphrase, budget }: Unlocking): boolean {
  const [digestInfo, salt, rounds] = macData?.children ?? [];
  const [algorithm, digest] = digestInfo?.children ?? [];
  const hash = HASHES[oidOf(algorithm?.children[0])];
  if (hash === undefined || digest === undefined || salt === undefined) {
    // None, or one of a newer kind (RFC 9579): decrypting will tell.
    return true;
  }
  const count = budget.spend(rounds === undefined ? 1 : integerOf(rounds));
  const expected = octets(digest);
  const key = derivePkcs12({ passphrase, salt: octets(salt), rounds: count, hash }, PURPOSE.MAC, expected.length);
  const actual = createHmac(hash, key).update(content).digest();
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

/** The SafeContents of one ContentInfo, in the clear. */
function safeContents(contentInfo: Asn1, unlocking: Unlocking): Buffer {
  if (oidOf(contentInfo.children[0]) !== ENCRYPTED_DATA) {
    return dataOf(contentInfo);
  }
  const [, algorithm, encrypted] = contentInfo.children[1]?.children[0]?.children[1]?.children ?? [];
  if (encrypted === undefined) {
    throw unreadable();
  }
  return decryptWithPassphrase(algorithm, octets(encrypted), unlocking);
}

interface Bag {
  /** Last number of its OID: 1 keyBag, 2 pkcs8ShroudedKeyBag, 3 certBag, 6 safeContentsBag. */
  readonly type: string;
  readonly value: Asn1;
}

function safeBags(contents: Buffer, depth: number): readonly Bag[] {
  return sequenceIn(contents).flatMap((bag) => readBag(bag, depth));
}

function readBag({ children: [id, wrapper] }: Asn1, depth: number): readonly Bag[] {
  const oid = oidOf(id);
  const value = wrapper?.children[0];
  if (!oid.startsWith(BAG) || value === undefined) {
    return [];
  }
  const type = oid.slice(BAG.length);
  if (type !== '6') {
    return [{ type, value }];
  }
  return depth < MAX_DEPTH ? safeBags(value.der(), depth + 1) : [];
}

function certificateOf({ type, value }: Bag): readonly Buffer[] {
  const content = value.children[1]?.children[0];
  return type === '3' && content !== undefined ? [octets(content)] : [];
}

function keyOf({ type, value }: Bag, unlocking: Unlocking): readonly KeyObject[] {
  if (type === '1') {
    return [readKey(value.der(), 'pkcs8')];
  }
  // Proved by the MAC already: an empty passphrase is one as well.
  return type === '2' ? [readEncryptedKey(value.der(), { ...unlocking, passphrase: unlocking.passphrase ?? '' })] : [];
}

function dataOf(contentInfo: Asn1 | undefined): Buffer {
  const [type, content] = contentInfo?.children ?? [];
  const data = content?.children[0];
  if (oidOf(type) !== DATA || data === undefined) {
    throw unreadable();
  }
  return octets(data);
}

function sequenceIn(der: Buffer): readonly Asn1[] {
  const sequence = readAsn1(der);
  if (sequence?.tag !== TAG.SEQUENCE) {
    throw unreadable();
  }
  return sequence.children;
}

function unreadable(): Error {
  return refuseUpload('PKCS12_UNREADABLE', 'The PKCS#12 file cannot be read; it is damaged, or cut off.');
}
