import { describe, expect, it, vi } from 'vitest';
import { aGate, type Gate } from '../../test/support/gate.js';
import { outputOf, type TaskResult } from '../operations/domain/task.js';
import { PoolTaskRunner, type Pool } from './pool-task-runner.js';
import type { TaskCallContext } from './task-runner.js';
import type { PoolCall } from './worker-pool.js';

/** Keeps every call until the test lets it go. */
class FakePool implements Pool {
  readonly calls: (PoolCall & { readonly gate: Gate<readonly TaskResult[]> })[] = [];

  run(call: PoolCall): Promise<readonly TaskResult[]> {
    const gate = aGate<readonly TaskResult[]>();
    this.calls.push({ ...call, gate });
    return gate.passed;
  }

  /** Ends the call with one result per caller, marked with the caller's operation. */
  end(index: number): void {
    const { calls, gate } = this.calls[index]!;
    gate.open(calls.map(({ operationId }) => ({ status: 'SUCCESS', output: { of: operationId } })));
  }

  story(): string[] {
    return this.calls.map(
      ({ task, mode, calls }) => `${mode} ${task}: ${calls.map(({ operationId }) => operationId).join(' ')}`,
    );
  }
}

const aContext = (operationId: string, lines: string[] = []): TaskCallContext => ({
  operationId,
  outputs: { earlier: { value: 7 } },
  signal: new AbortController().signal,
  log: (level, message) => void lines.push(`${operationId} ${level} ${message}`),
});
const batched = (batchKey = 'nginx') => ({ name: 'http.apply', input: {}, batchKey });
const of = (operationId: string): TaskResult => ({ status: 'SUCCESS', output: { of: operationId } });

describe('PoolTaskRunner', () => {
  it('runs an ordinary task by itself at once, with its outputs in place and its own signal', async () => {
    const pool = new FakePool();
    const runner = new PoolTaskRunner(pool, 0);
    const context = aContext('one');
    const result = runner.run({ name: 'certificate.check', input: { v: outputOf('earlier', 'value') } }, context);
    expect(pool.calls[0]!.calls).toEqual([{ operationId: 'one', input: { v: 7 }, outputs: context.outputs }]);
    expect(pool.calls[0]!.signal).toBe(context.signal);
    pool.end(0);
    expect(await result).toEqual(of('one'));
  });

  it('collects what comes while a batch runs, one batch at a time, and gives each its own result', async () => {
    const pool = new FakePool();
    const runner = new PoolTaskRunner(pool, 0);
    const results = [runner.run(batched(), aContext('a')), runner.run(batched(), aContext('b'))];
    await vi.waitFor(() => expect(pool.story()).toEqual(['run http.apply: a b']));
    results.push(runner.run(batched(), aContext('c')), runner.run(batched(), aContext('d')));
    await new Promise((resolve) => setImmediate(resolve));
    expect(pool.calls).toHaveLength(1);
    pool.end(0);
    await vi.waitFor(() => expect(pool.story()[1]).toBe('run http.apply: c d'));
    pool.end(1);
    expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd'].map(of));
    results.push(runner.run(batched(), aContext('e')));
    await vi.waitFor(() => expect(pool.story()[2]).toBe('run http.apply: e'));
    pool.end(2);
    await results[4];
  });

  it('keeps keys apart, and lets tasks and taking back of one key take turns', async () => {
    const pool = new FakePool();
    const runner = new PoolTaskRunner(pool, 0);
    const all = [
      runner.run(batched('x'), aContext('a')),
      runner.undo(batched('x'), { was: 1 }, aContext('b')),
      runner.run(batched('x'), aContext('c')),
      runner.undo(batched('x'), { was: 2 }, aContext('d')),
      runner.run(batched('y'), aContext('e')),
      runner.run({ ...batched('x'), name: 'db.apply' }, aContext('f')),
    ];
    await vi.waitFor(() => expect(pool.story()).toEqual(['run http.apply: a c', 'run http.apply: e']));
    pool.end(0);
    await vi.waitFor(() => expect(pool.story()[2]).toBe('run db.apply: f'));
    pool.end(2);
    await vi.waitFor(() => expect(pool.story()[3]).toBe('undo http.apply: b d'));
    expect(pool.calls[3]!.calls.map(({ undo }) => undo)).toEqual([{ was: 1 }, { was: 2 }]);
    [1, 3].forEach((index) => pool.end(index));
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'].map(of));
  });

  it('hands log lines to the operation that they are about', async () => {
    const pool = new FakePool();
    const runner = new PoolTaskRunner(pool, 0);
    const lines: string[] = [];
    const all = [runner.run(batched(), aContext('a', lines)), runner.run(batched(), aContext('b', lines))];
    await vi.waitFor(() => expect(pool.calls).toHaveLength(1));
    const entry = { level: 'INFO', message: 'reloaded', at: '' } as const;
    [1, 0, 9].forEach((call) => pool.calls[0]!.onMessage({ type: 'log', call, entry }));
    expect(lines).toEqual(['b INFO reloaded', 'a INFO reloaded']);
    pool.end(0);
    await Promise.all(all);
  });

  it('lets the cancellation of one wait for its batch', async () => {
    const pool = new FakePool();
    const abort = new AbortController();
    const result = new PoolTaskRunner(pool, 0).run(batched(), { ...aContext('a'), signal: abort.signal });
    await vi.waitFor(() => expect(pool.calls).toHaveLength(1));
    abort.abort();
    expect(pool.calls[0]!.signal.aborted).toBe(false);
    pool.end(0);
    expect(await result).toEqual(of('a'));
  });

  it.each([
    ['an input that refers to nothing', { name: 'a', input: { v: outputOf('nobody', 'v') } }],
    ['the same in a batch', { ...batched(), input: { v: outputOf('nobody', 'v') } }],
  ])('turns %s into a failure of that call', async (_what, task) => {
    expect(await new PoolTaskRunner(new FakePool(), 0).run(task, aContext('a'))).toMatchObject({
      status: 'ERROR',
      failure: { code: 'INTERNAL', summary: expect.stringContaining('which no earlier task has given') },
    });
  });

  it.each([
    ['fails', () => Promise.reject(new Error('no threads'))],
    ['answers too little', () => Promise.resolve([])],
  ])('gives every caller a failure when the pool %s, and goes on with the next batch', async (_what, answer) => {
    const run = vi
      .fn<Pool['run']>()
      .mockImplementationOnce(answer)
      .mockResolvedValue([of('c')]);
    const runner = new PoolTaskRunner({ run }, 0);
    const first = await Promise.all(['a', 'b'].map((id) => runner.run(batched(), aContext(id))));
    expect(first.map((result) => result.status === 'ERROR' && result.failure.code)).toEqual(['INTERNAL', 'INTERNAL']);
    expect(await runner.run(batched(), aContext('c'))).toEqual(of('c'));
  });
});
