import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readUpload } from '../../src/certificates/domain/upload/read-upload.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { Secret } from '../../src/shared/secret.js';
import { issue, type Issued } from '../support/certificate-authority.js';

const run = promisify(execFile);
/** `HLER_TEST_FUZZ_CASES=10000` for the long run. */
const CASES = Number(process.env['HLER_TEST_FUZZ_CASES'] ?? 1_000);
const SEED = Number(process.env['HLER_TEST_FUZZ_SEED'] ?? 20_261_122);
/** A case may cost a passphrase with many rounds, and this machine may be busy. */
const SLOWEST_MS = 15_000;
const PASSPHRASE = 'fuzz';

let directory: string;
let leaf: Issued;
let rsa: Issued;
let seeds: readonly Buffer[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hler-fuzz-'));
  const ca = await issue('CA', undefined, { ca: true });
  leaf = await issue('example.org', ca, { names: ['example.org'] });
  rsa = await issue('example.org', ca, { names: ['example.org'], rsaBits: 2048 });
  const encrypted = { type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: PASSPHRASE } as const;
  await writeFile(join(directory, 'pair.pem'), leaf.keyPem + leaf.pem + ca.pem);
  const pkcs12 = async (...options: readonly string[]): Promise<Buffer> => {
    const args = ['pkcs12', '-export', '-in', 'pair.pem', '-out', 'out', '-passout', `pass:${PASSPHRASE}`];
    await run('openssl', [...args, ...options], { cwd: directory });
    return readFile(join(directory, 'out'));
  };
  await run('openssl', ['crl2pkcs7', '-nocrl', '-certfile', 'pair.pem', '-outform', 'DER', '-out', 'p7'], {
    cwd: directory,
  });
  seeds = [
    Buffer.from(leaf.pem + leaf.keyPem + ca.pem),
    Buffer.from(rsa.key.export({ type: 'pkcs1', format: 'pem' }).toString() + rsa.pem),
    Buffer.from(leaf.key.export({ ...encrypted, format: 'pem' }).toString() + leaf.pem + ca.pem),
    leaf.der,
    leaf.key.export({ type: 'sec1', format: 'der' }),
    rsa.key.export({ type: 'pkcs8', format: 'der' }),
    leaf.key.export({ ...encrypted, format: 'der' }),
    await pkcs12(),
    await pkcs12('-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES'),
    await pkcs12('-legacy'),
    await readFile(join(directory, 'p7')),
  ];
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** mulberry32: the same cases for the same seed, on every machine. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function mutated(seed: Buffer, random: (below: number) => number): Buffer {
  let bytes = Buffer.from(seed);
  for (let edits = 1 + random(6); edits > 0; edits -= 1) {
    const at = random(bytes.length + 1);
    const length = random(24);
    const other = seeds[random(seeds.length)] ?? seed;
    switch (random(7)) {
      case 0:
        bytes[at] = random(256);
        break;
      case 1:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.alloc(length, random(256)), bytes.subarray(at)]);
        break;
      case 4:
        bytes = bytes.subarray(0, at);
        break;
      case 5:
        bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(random(other.length))]);
        break;
      default:
        // Lengths and tags are where parsers trip.
        bytes[at] = [0x00, 0x30, 0x80, 0x82, 0x84, 0xa0, 0xff][random(7)] ?? 0;
    }
  }
  return bytes;
}

describe('10,000 hostile uploads', () => {
  it(`never throw anything but a refusal, never hang, never echo the key (${CASES} cases, seed ${SEED})`, () => {
    const random = randomFrom(SEED);
    const secrets = [leaf, rsa].map(({ keyPem }) => keyPem.replaceAll(/-----.*-----|\n/g, ''));
    const outcomes = new Map<string, number>();
    let slowest = 0;
    for (let number = 0; number < CASES; number += 1) {
      const material = Array.from({ length: 1 + random(3) }, () => {
        const bytes = mutated(seeds[random(seeds.length)] ?? Buffer.alloc(0), random);
        const encoded = ['base64', 'latin1', 'utf8'] as const;
        const isText = bytes.includes('-----BEGIN');
        return new Secret(bytes.toString(isText ? 'latin1' : (encoded[random(20)] ?? 'base64')));
      });
      const passphrase = random(4) === 0 ? null : new Secret(PASSPHRASE);
      const began = performance.now();
      const outcome = outcomeOf(() => readUpload({ material, passphrase, names: [], spki: null }, new Date()));
      slowest = Math.max(slowest, performance.now() - began);
      outcomes.set(outcome.reason, (outcomes.get(outcome.reason) ?? 0) + 1);
      expect({ number, echoed: echoes(outcome.message, secrets) }).toEqual({ number, echoed: false });
    }
    expect(slowest).toBeLessThan(SLOWEST_MS);
    // Otherwise it would be noise that never came past the door.
    expect(outcomes.size).toBeGreaterThan(6);
  }, 600_000);
});

function outcomeOf(work: () => unknown): { readonly reason: string; readonly message: string } {
  try {
    work();
    return { reason: 'TAKEN', message: '' };
  } catch (error) {
    if (error instanceof DomainError && error.code === 'CERTIFICATE_REFUSED') {
      return {
        reason: JSON.stringify(error.details['reason']),
        message: `${error.message} ${JSON.stringify(error.details)}`,
      };
    }
    throw error;
  }
}

/** Whether a message holds 16 characters in a row of a key. */
function echoes(message: string, secrets: readonly string[]): boolean {
  return Array.from({ length: Math.max(0, message.length - 15) }, (_, at) => message.slice(at, at + 16)).some((part) =>
    secrets.some((secret) => secret.includes(part)),
  );
}
