import forge from 'node-forge';

/** One element of BER or DER, read whole. */
export interface Asn1 {
  /** The first byte, without the bit that says constructed: 0x02 INTEGER, 0x04 OCTET STRING, 0x06 OID, 0x10 SEQUENCE, 0x80 [0]. */
  readonly tag: number;
  readonly children: readonly Asn1[];
  /** Of an element that is not constructed. */
  readonly bytes: Buffer;
  /** The element in DER again. */
  der(): Buffer;
}

export const TAG = { INTEGER: 0x02, OCTET_STRING: 0x04, OID: 0x06, SEQUENCE: 0x10, CONTEXT_0: 0x80 } as const;

/** Undefined for what is not BER; bytes after the first element are not looked at. Indefinite lengths are read, as old PKCS#12 has them. */
export function readAsn1(ber: Buffer): Asn1 | undefined {
  try {
    const options = { strict: false, parseAllBytes: false, decodeBitStrings: false };
    // The options are newer than their types.
    return wrap(forge.asn1.fromDer(ber.toString('latin1'), options as unknown as boolean));
  } catch {
    // Too deep a nesting ends here too, as a RangeError.
    return undefined;
  }
}

function wrap(element: forge.asn1.Asn1): Asn1 {
  const { value } = element;
  const tag = (element.tagClass & 0xc0) | (element.type & 0x1f);
  const der = (): Buffer => Buffer.from(forge.asn1.toDer(element).getBytes(), 'latin1');
  return Array.isArray(value)
    ? { tag, children: value.map(wrap), bytes: Buffer.alloc(0), der }
    : { tag, children: [], bytes: Buffer.from(value, 'latin1'), der };
}

/** The content of an OCTET STRING, which BER may cut into pieces. */
export function octets({ bytes, children }: Asn1): Buffer {
  return children.length === 0 ? bytes : Buffer.concat(children.map(octets));
}

/** Dotted, or empty for anything but an OID. */
export function oidOf(element: Asn1 | undefined): string {
  return element?.tag === TAG.OID && element.bytes.length > 0
    ? forge.asn1.derToOid(element.bytes.toString('latin1'))
    : '';
}

/** A whole number that is not negative and fits into 31 bits; undefined for everything else. */
export function integerOf(element: Asn1 | undefined): number | undefined {
  if (element?.tag !== TAG.INTEGER || element.bytes.length === 0 || element.bytes.length > 4) {
    return undefined;
  }
  const value = element.bytes.readIntBE(0, element.bytes.length);
  return value < 0 ? undefined : value;
}
