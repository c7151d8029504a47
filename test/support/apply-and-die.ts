import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { HttpChange } from '../../workers/http/http-change.js';
import type { PrivateHttpServer } from './private-http-server.js';

const CHILD = fileURLToPath(new URL('../contract/consumer-crash.child.ts', import.meta.url));

/**
 * Applies these changes in a process that kills itself at an effect. Whether it died as told, or came to its end because there is
 * no such boundary.
 */
export function applyAndDie(
  web: PrivateHttpServer,
  changes: readonly HttpChange[],
  dieAt: number,
): Promise<'KILLED' | 'ENDED'> {
  const inputs = changes.map((change) => web.call(change));
  const child = spawn(
    process.execPath,
    ['--import', '@oxc-node/core/register', CHILD, JSON.stringify({ inputs, dieAt })],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => {
      if (signal === 'SIGKILL' || code === 0) {
        resolve(signal === 'SIGKILL' ? 'KILLED' : 'ENDED');
      } else {
        reject(new Error(`The child ended with ${code ?? signal}.`));
      }
    });
  });
}
