import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/shared/secret.js';
import { runCommand } from './run-command.js';

const node = (script: string, timeoutMs = 10_000) => ({ file: process.execPath, args: ['-e', script], timeoutMs });

describe('running a command', () => {
  it('gives output and exit code of a success', async () => {
    const result = await runCommand(node('console.log("out"); console.error("err")'));
    expect(result).toMatchObject({ outcome: 'EXITED', ok: true, exitCode: 0, stdout: 'out\n', stderr: 'err\n' });
  });

  it('gives a failure in the same shape', async () => {
    const result = await runCommand(node('console.error("why"); process.exit(3)'));
    expect(result).toMatchObject({ outcome: 'EXITED', ok: false, exitCode: 3, signal: null, stderr: 'why\n' });
  });

  it('says that a program is missing', async () => {
    const result = await runCommand({ file: 'hler-no-such-program', args: [], timeoutMs: 1_000 });
    expect(result).toMatchObject({ outcome: 'NOT_STARTED', ok: false, exitCode: null, errno: 'ENOENT' });
  });

  it('gives it its input, and does not mind when that is not read', async () => {
    const result = await runCommand(node('process.stdin.pipe(process.stdout)'), { input: new Secret('said\n') });
    expect(result).toMatchObject({ ok: true, stdout: 'said\n' });
    const much = new Secret('x'.repeat(1_000_000));
    expect(await runCommand(node('process.exit(0)'), { input: much })).toMatchObject({ outcome: 'EXITED', ok: true });
    const missing = { file: 'hler-no-such-program', args: [], timeoutMs: 1_000 };
    expect(await runCommand(missing, { input: much })).toMatchObject({ outcome: 'NOT_STARTED' });
  });

  it('keeps the end of a long output', async () => {
    const result = await runCommand(node('process.stdout.write("x".repeat(300000) + "end")'), { maxOutputBytes: 10 });
    expect(result.stdout).toBe('xxxxxxxend');
  });

  it('passes no variable of this process on, only those of the command', async () => {
    process.env['HLER_TEST_SECRET'] = 'secret';
    const print = node('console.log(JSON.stringify(Object.keys(process.env).sort()))');
    const result = await runCommand({ ...print, env: { MINE: '1' } });
    delete process.env['HLER_TEST_SECRET'];
    expect(JSON.parse(result.stdout)).toEqual(['HOME', 'LANG', 'LC_ALL', 'MINE', 'PATH']);
  });

  const withGrandchild = `const c = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'],
    { stdio: 'ignore' }); console.log(c.pid); process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`;

  it('ends the whole group when time is up, even one that ignores SIGTERM', async () => {
    const result = await runCommand(node(withGrandchild, 400), { graceMs: 100 });
    expect(result).toMatchObject({ outcome: 'TIMED_OUT', ok: false });
    expect(isRunning(result.stdout.trim())).toBe(false);
  });

  it('ends the whole group when it is cancelled', async () => {
    const result = await runCommand(node(withGrandchild), { graceMs: 100, signal: AbortSignal.timeout(400) });
    expect(result).toMatchObject({ outcome: 'CANCELLED', ok: false });
    expect(isRunning(result.stdout.trim())).toBe(false);
  });

  it('does nothing when it is cancelled already', async () => {
    const result = await runCommand(node('setInterval(() => {}, 1000)'), { signal: AbortSignal.abort(), graceMs: 100 });
    expect(result.outcome).toBe('CANCELLED');
  });
});

function isRunning(pid: string): boolean {
  expect(pid).toMatch(/^\d+$/);
  return existsSync(`/proc/${pid}/exe`);
}
