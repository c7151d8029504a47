import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { FieldUpdate } from '../../src/operations/domain/task.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { parseUnixPath, type UnixPath } from '../../src/shared/unix-path.js';
import { defineTask } from '../define-task.js';
import { recogniseDrupal } from '../drupal/recognise-drupal.js';
import { errnoOf } from '../system/fs-error.js';
import { identityOf, inspect, ownIdentity } from '../system/identity.js';
import {
  firstBlocked,
  lineage,
  mayHoldPlatform,
  mayRead,
  rights,
  type Blocked,
  type Inode,
} from './platform-check-access.js';

const input = z.object({
  /** The platform whose fields are to tell what was found; null: whoever asked only needs to know that it can be served. */
  reportTo: z.uuid().nullable(),
  /** What it is to be recognised as. */
  application: z.enum(['STATIC', 'DRUPAL']),
  path: z.string(),
  /** Directories that platforms may live below. */
  roots: z.array(z.string()),
  /** Nothing in or around it may be served. */
  stateDirectory: z.string(),
  /** Who the web server's workers run as; null: the runner's own user. */
  workerUser: z.string().nullable(),
});

/**
 * Looks whether a code base can be served: it is there, below one of the roots once links are resolved, and the web server's
 * user can get to it. That last is an error and not a warning, because every request would be answered 403. Changes nothing.
 * Errors: PLATFORM_MISSING, PLATFORM_NOT_RECOGNISED, PATH_OUTSIDE_ROOTS, PATH_INVALID, CONFIG_INVALID (no such user), PROGRAM_MISSING.
 */
export default defineTask({
  name: 'platform.check',
  input,
  dryRun: true,
  async run({ reportTo, application, path, roots, stateDirectory, workerUser }, context) {
    const realPath = await resolvePlatform(parseUnixPath(path));
    const [state = stateDirectory] = await resolveAll([stateDirectory]);
    if (!mayHoldPlatform(realPath, await resolveAll(roots), state)) {
      throw new DomainError(
        'PATH_OUTSIDE_ROOTS',
        `${path} is really ${realPath}, which lies outside the directories for platforms.`,
        {
          details: { path, realPath, roots },
        },
      );
    }
    const user = workerUser === null ? ownIdentity() : await identityOf(workerUser, context.signal);
    const found = application === 'DRUPAL' ? await recogniseDrupal(realPath) : { version: null, docroot: realPath };
    const { docroot } = found;
    const blocked = firstBlocked(
      await inspect([...new Set([...lineage(path), ...lineage(docroot)])]),
      docroot === realPath ? [path, docroot] : [docroot],
      user,
    );
    if (blocked !== undefined) {
      throw unreachable(path, blocked, workerUser);
    }
    const index = await findIndex(docroot);
    context.log('INFO', describe(found, index));
    if (index !== null && !mayRead(index, user)) {
      context.log(
        'WARNING',
        `The web server's user cannot read ${index.path}; run: chmod ${rights(index, user, 'r')} ${index.path}`,
      );
    }
    return {
      status: 'NOTHING_TO_DO',
      output: { realPath, ...found, hasIndex: index !== null },
      fields: reportTo === null ? [] : [findings(reportTo, { realPath, ...found })],
    };
  },
});

interface Found {
  readonly version: string | null;
  readonly docroot: string;
}

function describe({ version, docroot }: Found, index: Inode | null): string {
  return version === null
    ? `Found ${docroot}, ${index === null ? 'without an index.html' : 'with an index.html'}.`
    : `Found Drupal ${version} in ${docroot}.`;
}

function findings(platformId: string, found: Found & { readonly realPath: string }): FieldUpdate {
  return {
    subject: 'platform',
    id: platformId,
    fields: { status: 'ENABLED', verifiedAt: new Date().toISOString(), ...found },
  };
}

function unreachable(path: string, { path: directory, missing }: Blocked, workerUser: string | null): DomainError {
  const who = workerUser === null ? "the web server's user" : `the web server's user ${workerUser}`;
  return new DomainError('PLATFORM_MISSING', `${path} cannot be served, because ${who} may not pass ${directory}.`, {
    hint: `Run: chmod ${missing} ${directory}`,
    details: { path, blockedBy: directory },
  });
}

async function resolvePlatform(path: UnixPath): Promise<UnixPath> {
  try {
    const realPath = await realpath(path);
    if ((await stat(realPath)).isDirectory()) {
      return parseUnixPath(realPath);
    }
  } catch (error) {
    const why = { ENOENT: 'is not there', ENOTDIR: 'lies below a file', ELOOP: 'is a link that leads to itself' };
    const errno = errnoOf(error) ?? '';
    const reason = errno === 'EACCES' ? 'may not be looked at by the runner' : why[errno as keyof typeof why];
    if (reason === undefined) {
      throw error;
    }
    throw new DomainError('PLATFORM_MISSING', `${path} ${reason}.`, { details: { path }, cause: error });
  }
  throw new DomainError('PLATFORM_MISSING', `${path} is not a directory.`, { details: { path } });
}

/** Roots that are not there hold nothing. */
async function resolveAll(paths: readonly string[]): Promise<readonly string[]> {
  const resolved = await Promise.all(paths.map((path) => realpath(path).catch(() => undefined)));
  return resolved.filter((path) => path !== undefined);
}

async function findIndex(directory: string): Promise<Inode | null> {
  const path = join(directory, 'index.html');
  const [index] = await inspect([path]).catch(() => []);
  return index ?? null;
}
