import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '../shared/domain-error.js';

/** A program and the Debian package that brings it. */
export interface Program {
  readonly name: string;
  readonly package: string;
}

/**
 * The absolute path of a program: the first in `directories` that may be executed.
 * @throws DomainError PROGRAM_MISSING naming the package
 */
export async function findProgram(program: Program, directories: readonly string[]): Promise<string> {
  for (const directory of directories) {
    const path = join(directory, program.name);
    if (await isExecutable(path)) {
      return path;
    }
  }
  throw new DomainError(
    'PROGRAM_MISSING',
    `${program.name} is not installed. Install the package ${program.package}: apt-get install --no-install-recommends ${program.package}`,
    { details: { program: program.name, package: program.package } },
  );
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
