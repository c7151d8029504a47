import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const CHILD = fileURLToPath(new URL('told-to-stop.child.ts', import.meta.url));
const run = (message: string): Promise<{ stdout: string }> =>
  promisify(execFile)(process.execPath, ['--import', '@oxc-node/core/register', CHILD, message]);

it('stops in order although Redis leaves a question unanswered, and ends with any other error that nobody expects', async () => {
  expect(await run('Connection is closed.')).toMatchObject({ stdout: 'stopped in order' });
  await expect(run('Something else.')).rejects.toMatchObject({ stdout: '', stderr: expect.stringContaining('else.') });
});
