import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DEFAULT_KEY_TYPE } from '../../src/certificates/domain/key-type.js';
import { DEFAULT_SERVER_NAME, type CertificateFiles } from '../../src/consumers/index.js';
import { atomicWriteAll, ensureDirectory } from '../system/atomic-write.js';
import { makeKeyPair, privateKeyPem, selfSign } from '../tls/make-self-signed.js';
import type { Target } from './effects.js';

/** Nobody ever sees it, so that it may outlive the machine. */
const DAYS = 36_500;
const KEY_MODE = 0o400;

/**
 * Makes the pair that the consumer's configuration names for form's sake, where it is missing or spoilt: the server would not
 * start without. Idempotent; killed half-way, the next call mends it.
 * @throws DomainError DISK_FULL, READ_ONLY
 */
export async function ensurePlaceholder({ consumer, server }: Target): Promise<void> {
  const files = consumer.placeholder?.(server);
  if (files === undefined || (await isPair(files))) {
    return;
  }
  await ensureDirectory(server.paths.tls, 0o700);
  await ensureDirectory(dirname(files.key), 0o700);
  const pair = await makeKeyPair(DEFAULT_KEY_TYPE);
  const certificate = await selfSign(pair, { names: [DEFAULT_SERVER_NAME], days: DAYS, now: new Date() });
  const key = privateKeyPem(pair.privateKey).reveal();
  await atomicWriteAll(
    files.key === files.certificate
      ? [{ path: files.key, content: certificate + key, mode: KEY_MODE }]
      : [
          { path: files.key, content: key, mode: KEY_MODE },
          { path: files.certificate, content: certificate, mode: KEY_MODE },
        ],
  );
}

async function isPair({ certificate, key }: CertificateFiles): Promise<boolean> {
  try {
    const leaf = new X509Certificate(await readFile(certificate));
    return leaf.checkPrivateKey(createPrivateKey(await readFile(key)));
  } catch {
    return false;
  }
}
