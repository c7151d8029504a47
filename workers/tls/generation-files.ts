import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '../../src/shared/domain-error.js';
import { Secret } from '../../src/shared/secret.js';
import { ifPresent, makePrivateDirectory, syncDirectory, writePrivateFile } from './private-files.js';
import {
  generationRecord,
  PEM_FILES,
  RECORD_FILE,
  renderPemFiles,
  rollbackRecord,
  type GenerationRecord,
  type KeyAndCertificate,
  type PemFile,
  type RollbackRecord,
  type TlsLayout,
} from './tls-layout.js';

/** A whole generation in a new directory, on the disk when this returns. */
export async function writeGeneration(path: string, pair: KeyAndCertificate, record: GenerationRecord): Promise<void> {
  await makePrivateDirectory(path);
  const files = { ...renderPemFiles(pair), [RECORD_FILE]: `${JSON.stringify(record, undefined, 2)}\n` };
  const written = await Promise.allSettled(
    Object.entries(files).map(([name, content]) => writePrivateFile(join(path, name), content)),
  );
  // Nobody writes any more when it fails: the caller removes what there is.
  const failed = written.find((one) => one.status === 'rejected');
  if (failed !== undefined) {
    throw failed.reason;
  }
  await syncDirectory(path);
}

export interface GenerationContent extends KeyAndCertificate {
  readonly record: GenerationRecord;
  /** A file that does not hold what key, certificate and chain make of it. */
  readonly oddFile: PemFile | undefined;
}

/** @throws DomainError CERTIFICATE_FILES_INVALID when a file is missing */
export async function readGeneration(path: string): Promise<GenerationContent> {
  const read = new Map<PemFile, string>();
  for (const name of PEM_FILES) {
    read.set(name, await readPart(path, name));
  }
  const pair: KeyAndCertificate = {
    privateKey: new Secret(read.get('privkey.pem') ?? ''),
    certificatePem: read.get('cert.pem') ?? '',
    chainPem: read.get('chain.pem') ?? '',
  };
  const expected = renderPemFiles(pair);
  return {
    ...pair,
    record: await readRecord(path),
    oddFile: PEM_FILES.find((name) => read.get(name) !== expected[name]),
  };
}

/** @throws DomainError CERTIFICATE_FILES_INVALID when it is missing or not a record */
export async function readRecord(path: string): Promise<GenerationRecord> {
  const text = await readPart(path, RECORD_FILE);
  try {
    return generationRecord.parse(JSON.parse(text));
  } catch (error) {
    throw new DomainError('CERTIFICATE_FILES_INVALID', `The file ${join(path, RECORD_FILE)} cannot be understood.`, {
      details: { path },
      cause: error,
    });
  }
}

/** Undefined when the certificate was never rolled back. */
export async function readRollback(layout: TlsLayout, certificateId: string): Promise<RollbackRecord | undefined> {
  const text = await ifPresent(readFile(layout.rollback(certificateId), 'utf8'));
  return text === undefined ? undefined : rollbackRecord.parse(JSON.parse(text));
}

async function readPart(directory: string, name: string): Promise<string> {
  const path = join(directory, name);
  const content = await ifPresent(readFile(path, 'utf8'));
  if (content === undefined) {
    throw new DomainError('CERTIFICATE_FILES_INVALID', `The file ${path} is missing.`, { details: { path } });
  }
  return content;
}
