import { link, mkdir, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CheckerComplaint } from '../../src/consumers/index.js';
import { errnoOf, fsError } from '../system/fs-error.js';
import { muteStrangers, tryCanary } from './canary.js';
import { check } from './check.js';
import type { Effects, Target } from './effects.js';
import type { StoredFile } from './http-change.js';
import { indexFiles } from './index-files.js';
import { systemOf, type SystemTarget } from './system-server.js';

/** A copy of the whole live configuration in which changes can be tried without touching it. */
export interface StagedSet {
  readonly directory: string;
  /** Makes these files, in the copy, as said. */
  put(files: readonly StoredFile[]): Promise<void>;
  /**
   * The server's own verdict on the copy: undefined when it would take it. Where its checker is known to be blind, it is
   * started as well.
   * @throws DomainError HTTP_SERVER_MISSING, COMMAND_FAILED
   */
  check(): Promise<CheckerComplaint | undefined>;
  remove(): Promise<void>;
}

/**
 * Hard links make the copy: 2,000 files take some milliseconds and no space. Files in it are replaced, never written to.
 * @throws DomainError DISK_FULL, READ_ONLY
 */
export async function stageCopy(target: Target, effects: Effects): Promise<StagedSet> {
  const { consumer } = target;
  const directory = `${target.workspace}/check`;
  const system = systemOf(target);
  const asCopied = (file: StoredFile): StoredFile =>
    system === undefined || file.content === null
      ? file
      : { ...file, content: system.adoption.asCopied(file.content, target.directory, directory) };
  try {
    await rm(directory, { recursive: true, force: true });
    await (system === undefined ? copyByLinks(target.directory, directory) : copyRewritten(target, system, directory));
  } catch (error) {
    throw fsError(error, directory);
  }
  return {
    directory,
    put: (files) => putAll(directory, files.map(asCopied)),
    check: async () => {
      if (consumer.index !== undefined) {
        await putAll(directory, await indexFiles(consumer.index, target.server, directory));
      }
      const complaint = await check(target, directory, effects);
      const { canary } = consumer;
      if (complaint !== undefined || canary === undefined) {
        return complaint;
      }
      await muteStrangers(directory, consumer.directories, canary);
      return (await tryCanary(target, canary, directory, effects)).complaint;
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

async function copyByLinks(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o755 });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, copy] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      await copyByLinks(source, copy);
    } else if (entry.isFile()) {
      await linkOrPointTo(source, copy);
    } else if (entry.isSymbolicLink()) {
      await symlink(await realpath(source).catch(() => source), copy);
    }
  }
}

/**
 * On the machine's own server, includes are absolute, and would lead out of the copy. What the runner may not read is left out: the
 * check of the whole, as root, sees it.
 */
async function copyRewritten({ directory: from }: Target, { adoption }: SystemTarget, to: string): Promise<void> {
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    const source = join(entry.parentPath, entry.name);
    const copy = join(to, source.slice(from.length));
    if (entry.isDirectory()) {
      await mkdir(copy, { recursive: true });
    } else {
      const content = await readFile(source, 'utf8').catch(() => null);
      await mkdir(dirname(copy), { recursive: true });
      await (content === null ? undefined : writeFile(copy, adoption.asCopied(content, from, to), { mode: 0o600 }));
    }
  }
}

/** The kernel forbids hard links to files of others (the administrator's): a symbolic link reads the same. */
async function linkOrPointTo(source: string, copy: string): Promise<void> {
  try {
    await link(source, copy);
  } catch (error) {
    if (!['EPERM', 'EACCES', 'EXDEV', 'EMLINK'].includes(errnoOf(error) ?? '')) {
      throw error;
    }
    await symlink(source, copy);
  }
}

async function putAll(directory: string, files: readonly StoredFile[]): Promise<void> {
  for (const { path, content, mode } of files) {
    const copy = join(directory, path);
    try {
      await rm(copy, { recursive: true, force: true });
      if (content !== null) {
        await mkdir(dirname(copy), { recursive: true });
        await writeFile(copy, content, { mode });
      }
    } catch (error) {
      throw fsError(error, copy);
    }
  }
}
