import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { RunOrder } from '../../src/operations/domain/order.js';
import { newId } from '../../src/shared/ids.js';

/** An order of three tasks, `a`, `b` and `c`. */
export function anOrder(change: Partial<RunOrder> = {}): RunOrder {
  return {
    type: 'run',
    operationId: newId(),
    kind: 'site.verify',
    attempt: 1,
    planId: newId(),
    timeoutMs: 60_000,
    tasks: ['a', 'b', 'c'].map((name) => ({ name, input: {} })),
    onFailure: [],
    relayedThrough: 0,
    ...change,
  };
}

/** A directory that goes when the test ends. */
export async function aDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'hler-test-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
