import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { FAULTS } from '../chaos-ca/faults.js';

const run = promisify(execFile);
const COMMAND = ['--import', '@oxc-node/core/register', 'test/chaos-ca/main.ts'];

describe('the chaos CA by hand', () => {
  it('says where it is, answers, and leaves nothing behind', async () => {
    const child = spawn(process.execPath, [
      ...COMMAND,
      '--fault',
      'badNonce=0.5',
      '--eab',
      'kid-1=c2VjcmV0',
      '--limits',
    ]);
    const exited = once(child, 'exit');
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const { directory, root } = JSON.parse(line) as { directory: string; root: string };
    expect(await readFile(root, 'utf8')).toMatch(/^-----BEGIN CERTIFICATE-----/);
    const { stdout } = await run('curl', ['-sS', '--cacert', root, directory]);
    expect(JSON.parse(stdout)).toMatchObject({ meta: { externalAccountRequired: true } });
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    await expect(access(root)).rejects.toThrow(/ENOENT/);
  });

  it('lists its faults, and knows no others', async () => {
    const { stdout } = await run(process.execPath, [...COMMAND, '--help']);
    expect(stdout.match(/^ {2}\w+/gm)?.map((name) => name.trim())).toEqual(Object.keys(FAULTS));
    await expect(run(process.execPath, [...COMMAND, '--fault', 'nonsense'])).rejects.toThrow(
      /There is no fault "nonsense"/,
    );
  });
});
