import { createDecipheriv, pbkdf2Sync, scryptSync } from 'node:crypto';
import forge from 'node-forge';
import { integerOf, octets, oidOf, type Asn1 } from './asn1.js';
import { derivePkcs12, PURPOSE, type RoundsBudget } from './derivation.js';
import { refuseUpload } from './refuse-upload.js';

export interface Unlocking {
  readonly passphrase: string | null;
  readonly budget: RoundsBudget;
}

const PBES2 = '1.2.840.113549.1.5.13';
const PBKDF2 = '1.2.840.113549.1.5.12';
const SCRYPT = '1.3.6.1.4.1.11591.4.11';

const PRFS: Readonly<Record<string, string>> = {
  '': 'sha1',
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};

const CIPHERS: Readonly<Record<string, { readonly name: string; readonly keyLength: number }>> = {
  '2.16.840.1.101.3.4.1.2': { name: 'aes-128-cbc', keyLength: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'aes-192-cbc', keyLength: 24 },
  '2.16.840.1.101.3.4.1.42': { name: 'aes-256-cbc', keyLength: 32 },
  '1.2.840.113549.3.7': { name: 'des-ede3-cbc', keyLength: 24 },
};

/** RFC 7292 appendix C: what Windows and older OpenSSL export. RC2 has left OpenSSL 3, and comes from node-forge. */
const PKCS12_SCHEMES: Readonly<Record<string, { readonly keyLength: number; readonly rc2Bits?: number }>> = {
  '1.2.840.113549.1.12.1.3': { keyLength: 24 },
  '1.2.840.113549.1.12.1.4': { keyLength: 16 },
  '1.2.840.113549.1.12.1.5': { keyLength: 16, rc2Bits: 128 },
  '1.2.840.113549.1.12.1.6': { keyLength: 5, rc2Bits: 40 },
};

/**
 * Decrypts what a passphrase protects, by its AlgorithmIdentifier (RFC 8018, RFC 7292).
 * @throws DomainError CERTIFICATE_REFUSED: PASSPHRASE_WRONG, ENCRYPTION_NOT_SUPPORTED
 */
export function decryptWithPassphrase(algorithm: Asn1 | undefined, data: Buffer, unlocking: Unlocking): Buffer {
  const scheme = oidOf(algorithm?.children[0]);
  const parameters = algorithm?.children[1];
  const pkcs12 = PKCS12_SCHEMES[scheme];
  if (scheme === PBES2) {
    return decryptPbes2(parameters, data, unlocking);
  }
  if (pkcs12 === undefined) {
    throw notSupported();
  }
  const [salt, rounds] = parameters?.children ?? [];
  const derivation = {
    passphrase: unlocking.passphrase,
    salt: salt === undefined ? Buffer.alloc(0) : octets(salt),
    rounds: unlocking.budget.spend(integerOf(rounds)),
    hash: 'sha1',
  };
  const key = derivePkcs12(derivation, PURPOSE.KEY, pkcs12.keyLength);
  const iv = derivePkcs12(derivation, PURPOSE.IV, 8);
  return pkcs12.rc2Bits === undefined
    ? decipher('des-ede3-cbc', key.length === 16 ? Buffer.concat([key, key.subarray(0, 8)]) : key, iv, data)
    : decipherRc2(pkcs12.rc2Bits, key, iv, data);
}

function decryptPbes2(parameters: Asn1 | undefined, data: Buffer, unlocking: Unlocking): Buffer {
  const [derivation, encryption] = parameters?.children ?? [];
  const cipher = CIPHERS[oidOf(encryption?.children[0])];
  const iv = encryption?.children[1];
  if (cipher === undefined || iv === undefined) {
    throw notSupported();
  }
  return decipher(cipher.name, derive(derivation, cipher.keyLength, unlocking), octets(iv), data);
}

function derive(derivation: Asn1 | undefined, length: number, { passphrase, budget }: Unlocking): Buffer {
  const [salt, ...numbers] = derivation?.children[1]?.children ?? [];
  const secret = Buffer.from(passphrase ?? '', 'utf8');
  if (salt === undefined) {
    throw notSupported();
  }
  switch (oidOf(derivation?.children[0])) {
    case PBKDF2: {
      const prf = PRFS[oidOf(numbers.at(-1)?.children[0])];
      if (prf === undefined) {
        throw notSupported();
      }
      return pbkdf2Sync(secret, octets(salt), budget.spend(integerOf(numbers[0])), length, prf);
    }
    case SCRYPT: {
      const [cost = 0, blockSize = 0, parallelization = 0] = numbers
        .slice(0, 3)
        .map((number) => integerOf(number) ?? 0);
      budget.spend(cost * blockSize * parallelization);
      return attempt(notSupported, () =>
        scryptSync(secret, octets(salt), length, { cost, blockSize, parallelization, maxmem: 64 * 1024 * 1024 }),
      );
    }
    default:
      throw notSupported();
  }
}

function decipher(name: string, key: Buffer, iv: Buffer, data: Buffer): Buffer {
  return attempt(wrongPassphrase, () => {
    const opened = createDecipheriv(name, key, iv);
    return Buffer.concat([opened.update(data), opened.final()]);
  });
}

function decipherRc2(bits: number, key: Buffer, iv: Buffer, data: Buffer): Buffer {
  return attempt(wrongPassphrase, () => {
    const opened = forge.rc2.createDecryptionCipher(key.toString('latin1'), bits);
    opened.start(iv.toString('latin1'));
    opened.update(forge.util.createBuffer(data.toString('latin1')));
    if (!opened.finish()) {
      throw new RangeError('The padding is wrong.');
    }
    return Buffer.from(opened.output.getBytes(), 'latin1');
  });
}

/** What the library says may quote what it was given: our own sentence takes its place. */
function attempt<T>(otherwise: () => Error, work: () => T): T {
  try {
    return work();
  } catch {
    throw otherwise();
  }
}

const wrongPassphrase = (): Error => refuseUpload('PASSPHRASE_WRONG', 'The passphrase does not open the private key.');

const notSupported = (): Error =>
  refuseUpload(
    'ENCRYPTION_NOT_SUPPORTED',
    'The private key is encrypted in a way that is not supported; export it again with AES-256, or unencrypted.',
  );
