import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SCRIPT = fileURLToPath(new URL('../../scripts/ensure-pound.sh', import.meta.url));

let provided: Promise<string> | undefined;

/**
 * Puts Pound 4 on the PATH of this process and of what it starts: the system's, or the one that scripts/ensure-pound.sh has unpacked.
 * `HLER_TEST_POUND` names another suite of Debian (`sid`) to take it from. Rejects with what the script says when there is none.
 */
export async function providePound(): Promise<void> {
  const suite = process.env['HLER_TEST_POUND'];
  provided ??= promisify(execFile)('bash', [SCRIPT, ...(suite === undefined ? [] : [suite])]).then(
    ({ stdout }) => stdout.trim(),
    (error: { readonly stderr: string }) => {
      throw new Error(error.stderr);
    },
  );
  const directory = await provided;
  const path = process.env['PATH'] ?? '';
  if (!path.split(':').includes(directory)) {
    process.env['PATH'] = `${directory}:${path}`;
  }
}
