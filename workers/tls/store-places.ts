import { assertOutsideDocumentRoots } from './outside-document-roots.js';
import { inTermsOfWorld, makePrivateDirectory } from './private-files.js';

export interface TlsStorePlaces {
  readonly tlsDirectory: string;
  /** On the same file system as the store. */
  readonly stagingDirectory: string;
  readonly documentRoots?: readonly string[];
}

/** Makes the store, and this directory directly in it, 0700. @throws DomainError CONFIG_INVALID, DISK_FULL, READ_ONLY */
export async function makeStoreDirectory(
  { tlsDirectory, documentRoots = [] }: TlsStorePlaces,
  inside: string,
): Promise<void> {
  await inTermsOfWorld(tlsDirectory, async () => {
    await assertOutsideDocumentRoots(tlsDirectory, documentRoots);
    await makePrivateDirectory(tlsDirectory);
    await makePrivateDirectory(inside);
  });
}
