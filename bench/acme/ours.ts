import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newId } from '../../src/shared/ids.js';
import { anAcmeRequest } from '../../test/support/an-acme-request.js';
import { startChallengeResponder } from '../../test/support/challenge-responder.js';
import { defaultAccountKey } from '../../workers/acme/account-keys.js';
import { AcmePaths } from '../../workers/acme/acme-paths.js';
import { stoppable } from '../cleanup.js';
import { mustRun } from '../processes.js';
import type { Obtain, Obtained } from './obtain.js';

const CHILD = fileURLToPath(new URL('ours.child.mjs', import.meta.url));

/** Threads of a runner, and how many tasks they have at once, when nothing else is said. */
export const THREADS = availableParallelism();
const TASKS = 64;

/**
 * What a runner does for `certificate.issue`: the task `certificate.acme-issue` in the threads of its pool, with key, order, request and
 * store. In a process of its own, so that its CPU and memory are nobody else's.
 */
export const ours =
  ({ preflight }: { readonly preflight: boolean }): Obtain =>
  async ({ pebble, directory }, names, lanes) => {
    const paths = new AcmePaths(join(directory, 'acme'));
    const web = await startChallengeResponder(pebble.httpPort, paths.challenges);
    const stop = stoppable(() => web.stop());
    web.thumbprint = (await defaultAccountKey(paths)).thumbprint;
    const calls = names.map((name) => ({
      operationId: newId(),
      outputs: {},
      input: {
        ...anAcmeRequest(pebble.ca, { names: [name], servedThumbprints: [web.thumbprint] }),
        acmeDirectory: join(directory, 'acme'),
        tlsDirectory: join(directory, 'tls'),
        stagingDirectory: join(directory, 'staging'),
        preflight: preflight ? { resolvers: [pebble.dns.server], ports: { http: pebble.httpPort, https: 443 } } : null,
      },
    }));
    const file = join(directory, 'calls.json');
    await writeFile(file, JSON.stringify({ threads: THREADS, tasks: TASKS, lanes, calls }));
    const profile = process.env['HLER_BENCH_PROFILE'];
    const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
    try {
      return JSON.parse(await mustRun(process.execPath, [...profiling, CHILD, file])) as Obtained;
    } finally {
      await stop();
    }
  };
