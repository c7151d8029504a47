import { X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fingerprintOf } from '../../src/certificates/domain/certificate-facts.js';
import { isSpki } from '../../src/certificates/domain/spki.js';
import { readRecord } from './generation-files.js';
import { ifPresent, inTermsOfWorld } from './private-files.js';
import { generationsOf } from './stored-generation.js';
import { TlsLayout } from './tls-layout.js';

/**
 * The certificate with this fingerprint (PEM, without chain) that was put into the store for a certificate, in force or not, as long as it
 * is kept. Looks at every key, for what was rolled back from has no link that leads to it. Changes nothing.
 */
export async function findKept(
  tlsDirectory: string,
  certificateId: string,
  fingerprint: string,
): Promise<string | undefined> {
  return inTermsOfWorld(tlsDirectory, async () => {
    const layout = new TlsLayout(tlsDirectory);
    for (const spki of ((await ifPresent(readdir(layout.root))) ?? []).filter(isSpki)) {
      for (const generation of await generationsOf(layout, spki)) {
        const kept = await certificateIn(layout.generation(spki, generation), certificateId);
        if (kept !== undefined && fingerprintOf(kept) === fingerprint) {
          return kept.toString();
        }
      }
    }
    return undefined;
  });
}

/** Undefined when it is another's, or damaged: it is not the one, or cannot be told to be. */
async function certificateIn(path: string, certificateId: string): Promise<X509Certificate | undefined> {
  try {
    const record = await readRecord(path);
    return record.certificateId === certificateId
      ? new X509Certificate(await readFile(join(path, 'cert.pem')))
      : undefined;
  } catch {
    return undefined;
  }
}
