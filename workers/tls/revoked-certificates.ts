import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ifPresent, inTermsOfWorld, moveInto, Staging, writePrivateFile } from './private-files.js';
import { makeStoreDirectory, type TlsStorePlaces } from './store-places.js';
import { TlsLayout } from './tls-layout.js';

const fingerprints = z.array(z.string());

/** The fingerprints of what a certificate had in force and its CA was told not to trust: nobody goes back to that. */
export async function readRevoked(tlsDirectory: string, certificateId: string): Promise<readonly string[]> {
  return inTermsOfWorld(tlsDirectory, async () => {
    const text = await ifPresent(readFile(new TlsLayout(tlsDirectory).revoked(certificateId), 'utf8'));
    return text === undefined ? [] : fingerprints.parse(JSON.parse(text));
  });
}

/** Idempotent; all of it is on the disk when this returns. One caller at a time per certificate id. Errors: DISK_FULL, READ_ONLY. */
export async function noteRevoked(places: TlsStorePlaces, certificateId: string, fingerprint: string): Promise<void> {
  const known = await readRevoked(places.tlsDirectory, certificateId);
  if (known.includes(fingerprint)) {
    return;
  }
  await inTermsOfWorld(places.tlsDirectory, async () => {
    const layout = new TlsLayout(places.tlsDirectory);
    await makeStoreDirectory(places, layout.byCertificate);
    const staging = new Staging(places.stagingDirectory, certificateId);
    await staging.sweep();
    const staged = staging.path();
    await writePrivateFile(staged, `${JSON.stringify([...known, fingerprint])}\n`);
    await moveInto(staged, layout.revoked(certificateId));
  });
}
