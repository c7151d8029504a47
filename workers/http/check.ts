import type { CheckerComplaint } from '../../src/consumers/index.js';
import { DomainError } from '../../src/shared/domain-error.js';
import type { Effects, Target } from './effects.js';
import { programMissing } from './program-missing.js';

/**
 * The server's own checker on a directory: undefined when it finds nothing.
 * @throws DomainError HTTP_SERVER_MISSING, COMMAND_FAILED
 */
export async function check(
  target: Target,
  directory: string,
  effects: Effects,
): Promise<CheckerComplaint | undefined> {
  const { consumer, server } = target;
  const result = await effects.run(consumer.commands.check(server, directory));
  const missing = programMissing(target, result);
  if (missing !== undefined) {
    throw missing;
  }
  if (result.outcome !== 'EXITED') {
    throw new DomainError('COMMAND_FAILED', `The check of the ${consumer.name} configuration did not end by itself.`, {
      details: { outcome: result.outcome, durationMs: result.durationMs },
    });
  }
  return result.ok ? undefined : consumer.complaint(result.stderr, directory);
}
