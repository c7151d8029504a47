import { hash as hashOnce } from 'node:crypto';
import { refuseUpload } from './refuse-upload.js';

/** Rounds of key derivation that one upload may cost; Firefox takes 600,000 for each of its two. About two seconds of work. */
const MAX_ROUNDS = 3_000_000;

/** Bounds the work: how much an upload costs is written in the upload, by whoever made it. */
export class RoundsBudget {
  #left = MAX_ROUNDS;

  /** @throws DomainError CERTIFICATE_REFUSED */
  spend(rounds: number | undefined): number {
    if (rounds === undefined || rounds < 1 || rounds > this.#left) {
      throw refuseUpload(
        'ENCRYPTION_NOT_SUPPORTED',
        'The key is encrypted with more rounds of key derivation than can be afforded here; export it again with fewer, or unencrypted.',
      );
    }
    this.#left -= rounds;
    return rounds;
  }
}

/** What the bytes are for (RFC 7292 §B.3). */
export const PURPOSE = { KEY: 1, IV: 2, MAC: 3 } as const;

export interface Pkcs12Derivation {
  /** Null is not the same as empty: some programs mean the one when they say the other. */
  readonly passphrase: string | null;
  readonly salt: Buffer;
  readonly rounds: number;
  readonly hash: string;
}

/** Key derivation of PKCS#12 (RFC 7292 §B.2). Blocks for one to two microseconds a round. */
export function derivePkcs12(
  { passphrase, salt, rounds, hash }: Pkcs12Derivation,
  purpose: (typeof PURPOSE)[keyof typeof PURPOSE],
  length: number,
): Buffer {
  const block = hash === 'sha384' || hash === 'sha512' ? 128 : 64;
  const diversifier = Buffer.alloc(block, purpose);
  const input = Buffer.concat([repeated(salt, block), repeated(bmpString(passphrase), block)]);
  const output: Buffer[] = [];
  for (let made = 0; made < length;) {
    let digest = hashOnce(hash, Buffer.concat([diversifier, input]), 'buffer');
    for (let round = 1; round < rounds; round += 1) {
      digest = hashOnce(hash, digest, 'buffer');
    }
    output.push(digest);
    made += digest.length;
    addToEachBlock(input, repeatedTo(digest, block));
  }
  return Buffer.concat(output).subarray(0, length);
}

/** UTF-16, big endian, with a zero at the end. */
function bmpString(passphrase: string | null): Buffer {
  return passphrase === null ? Buffer.alloc(0) : Buffer.from(`${passphrase}\0`, 'utf16le').swap16();
}

function repeated(bytes: Buffer, block: number): Buffer {
  return bytes.length === 0 ? bytes : repeatedTo(bytes, block * Math.ceil(bytes.length / block));
}

function repeatedTo(bytes: Buffer, length: number): Buffer {
  return Buffer.alloc(length, bytes);
}

/** Each block of `input` becomes (block + addend + 1) modulo 2^(8 × block length). */
function addToEachBlock(input: Buffer, addend: Buffer): void {
  for (let start = 0; start < input.length; start += addend.length) {
    let carry = 1;
    for (let index = addend.length - 1; index >= 0; index -= 1) {
      carry += (input[start + index] ?? 0) + (addend[index] ?? 0);
      input[start + index] = carry & 0xff;
      carry >>= 8;
    }
  }
}
