import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startChallengeResponder } from '../../test/support/challenge-responder.js';
import { stoppable } from '../cleanup.js';
import { endedChildrenCpuMs, run } from '../processes.js';
import { obtainEach, type Obtain } from './obtain.js';
import type { World } from './world.js';

export interface ClientCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Where the certificate is when it has been got. */
  readonly certificatePath: string;
  /** What has to be there before it starts: a millisecond or so of its time. */
  readonly prepare?: () => Promise<void>;
}

/** A client that is one process for each certificate, and puts its answers into a directory that a web server serves. */
export function byProcess(
  command: (world: World, webroot: string, name: string, index: number) => ClientCommand,
): Obtain {
  return async (world, names, lanes) => {
    const webroot = join(world.directory, 'webroot');
    const challenges = join(webroot, '.well-known', 'acme-challenge');
    await mkdir(challenges, { recursive: true });
    const web = await startChallengeResponder(world.pebble.httpPort, challenges);
    const stop = stoppable(() => web.stop());
    const before = endedChildrenCpuMs();
    try {
      const obtained = await obtainEach(names, lanes, async (name, index) => {
        const { file, args, env, certificatePath, prepare } = command(world, webroot, name, index);
        await prepare?.();
        const { code, output } = await run(file, args, { env: { ...process.env, ...env } });
        return code === 0 && existsSync(certificatePath)
          ? undefined
          : `${file} ended with ${String(code)}: ${reasonIn(output)}`;
      });
      return { ...obtained, cpuMs: endedChildrenCpuMs() - before };
    } finally {
      await stop();
    }
  };
}

/** The line that says most: programs end with advice. */
function reasonIn(output: string): string {
  const lines = output.trim().split('\n');
  return (lines.find((line) => /urn:ietf|error|failed/i.test(line)) ?? lines.at(-1) ?? '').trim().slice(0, 300);
}
