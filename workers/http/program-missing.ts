import { DomainError } from '../../src/shared/domain-error.js';
import type { CommandResult } from '../system/run-command.js';
import type { Target } from './effects.js';

/** The answer to a command that could not even be started. */
export function programMissing({ consumer }: Target, result: CommandResult): DomainError | undefined {
  const { name, inspection } = consumer;
  return result.outcome === 'NOT_STARTED'
    ? new DomainError(
        'HTTP_SERVER_MISSING',
        `${name} is not installed, or cannot be run: install the package ${inspection.package}.`,
        { details: { program: name, package: inspection.package, errno: result.errno } },
      )
    : undefined;
}
