import { tmpdir } from 'node:os';
import { z } from 'zod';
import { CONSUMERS, type ConsumerName, type HttpServerSpec } from '../../src/consumers/index.js';
import type { TaskResult } from '../../src/operations/domain/task.js';
import { toFailure } from '../../src/shared/domain-error.js';
import { defineTask } from '../define-task.js';
import { effectiveServer } from '../http/effective-server.js';
import { realEffects, targetOf, type Effects, type Target } from '../http/effects.js';
import { consumerSchema, serverSchema } from '../http/http-change.js';
import { findTlsGroups, readVersions } from '../http/look-at-server.js';
import { lookAtServer } from '../http/server-health.js';

export interface ServerCheckInput {
  readonly consumer: ConsumerName;
  readonly server: HttpServerSpec;
  readonly dryRun?: boolean;
}

/**
 * Finds out what the machine has, and whether it is fit: see `HEALTH_CHECKS`. Makes missing directories, and changes nothing else;
 * as a dry run not even that, and only what a configuration depends on is found out.
 *
 * Output, and fields of the server: `programVersion`, `opensslVersion`, `tlsGroups`, `diskFreeBytes` (of the file system of the
 * configuration); the fields have `health`, also when it fails, and `verifiedAt` too. Of a front, only what makes it fail is told. Errors:
 * HTTP_SERVER_MISSING, PROGRAM_MISSING, READ_ONLY, DISK_FULL, CONFIG_INVALID, PORT_IN_USE, HTTP_SERVER_DOWN, HTTP_CONFIG_INVALID,
 * SERVER_NOT_ADOPTED.
 */
export async function checkServer(
  { consumer, server, dryRun }: ServerCheckInput,
  effects: Effects = realEffects,
): Promise<TaskResult> {
  const target = targetOf(CONSUMERS[consumer], effectiveServer(server, {}, CONSUMERS[consumer]));
  const isFront = !target.consumer.capabilities.servesFiles;
  if (dryRun === true) {
    return isFront
      ? { status: 'NOTHING_TO_DO' }
      : { status: 'NOTHING_TO_DO', output: await findDialect(target, effects) };
  }
  const { health, failure, versions, tlsGroups, diskFreeBytes } = await lookAtServer(target, effects);
  const found = <F extends object>(fields: F) => [{ subject: 'server', id: server.serverId, fields } as const];
  const shown = health.map((check) => ({ ...check }));
  if (failure !== undefined) {
    return { status: 'ERROR', failure: toFailure(failure), fields: found({ health: shown }) };
  }
  if (isFront) {
    // The server's own fields are about what serves its sites; what keeps the front from doing so is told above.
    return { status: 'NOTHING_TO_DO' };
  }
  const output = { ...versions, tlsGroups, diskFreeBytes };
  const fields = { ...output, health: shown, verifiedAt: new Date().toISOString() };
  return { status: 'NOTHING_TO_DO', output, fields: found(fields) };
}

/** Away from the server's own directories, which a dry run leaves alone. */
async function findDialect(
  target: Target,
  effects: Effects,
): Promise<{ programVersion: string; tlsGroups: readonly string[] }> {
  const aside = { ...target, workspace: `${tmpdir()}/hler` };
  const { programVersion } = await readVersions(aside, effects);
  return { programVersion, tlsGroups: await findTlsGroups(aside, effects) };
}

export default defineTask<ServerCheckInput>({
  name: 'server.check',
  input: z.object({ consumer: consumerSchema, server: serverSchema, dryRun: z.boolean().optional() }),
  dryRun: true,
  run: (input) => checkServer(input),
});
