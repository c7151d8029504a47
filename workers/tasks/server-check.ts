import { z } from 'zod';
import { CONSUMERS, type ConsumerName, type HttpServerSpec } from '../../src/consumers/index.js';
import type { TaskResult } from '../../src/operations/domain/task.js';
import { defineTask } from '../define-task.js';
import { effectiveServer } from '../http/effective-server.js';
import { realEffects, targetOf, type Effects } from '../http/effects.js';
import { consumerSchema, serverSchema } from '../http/http-change.js';
import { checkDirectories, checkPorts, findTlsGroups, freeBytes, readVersions } from '../http/look-at-server.js';
import { ensurePlaceholder } from '../http/placeholder.js';

export interface ServerCheckInput {
  readonly consumer: ConsumerName;
  readonly server: HttpServerSpec;
}

/**
 * Finds out what the machine has: the web server and its TLS library, what that library can do, directories that can be
 * written to, free space, free ports. Makes missing directories, and changes nothing else.
 *
 * Output, and fields of the server: `programVersion`, `opensslVersion`, `tlsGroups`, `diskFreeBytes` (of the file system of the
 * configuration); the fields have `verifiedAt` too. Errors: HTTP_SERVER_MISSING, PROGRAM_MISSING, READ_ONLY, DISK_FULL, CONFIG_INVALID,
 * PORT_IN_USE, HTTP_SERVER_DOWN.
 */
export async function checkServer(
  { consumer, server }: ServerCheckInput,
  effects: Effects = realEffects,
): Promise<TaskResult> {
  const target = targetOf(CONSUMERS[consumer], effectiveServer(server, {}, CONSUMERS[consumer]));
  await checkDirectories(target);
  await ensurePlaceholder(target);
  const versions = await readVersions(target, effects);
  await checkPorts(target);
  const tlsGroups = await findTlsGroups(target, effects);
  if (!target.consumer.capabilities.servesFiles) {
    // The server's own fields are about what serves its sites.
    return { status: 'NOTHING_TO_DO' };
  }
  const output = { ...versions, tlsGroups, diskFreeBytes: await freeBytes(target.directory) };
  const fields = { ...output, verifiedAt: new Date().toISOString() };
  return { status: 'NOTHING_TO_DO', output, fields: [{ subject: 'server', id: server.serverId, fields }] };
}

export default defineTask<ServerCheckInput>({
  name: 'server.check',
  input: z.object({ consumer: consumerSchema, server: serverSchema }),
  run: (input) => checkServer(input),
});
