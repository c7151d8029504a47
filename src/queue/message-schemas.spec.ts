import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { anOrder } from '../../test/support/an-order.js';
import type { OperationProgress, ProgressReport } from '../operations/domain/order.js';
import { NEVER, later } from '../shared/failure.js';
import { newId } from '../shared/ids.js';
import { parseOrder, parseReport } from './message-schemas.js';

const at = '2026-01-01T00:00:00.000Z';
const failure = {
  code: 'DISK_FULL',
  summary: 's',
  hint: 'h',
  retry: later(5000),
  task: 'a',
  details: { x: [1] },
} as const;
const progress: OperationProgress = {
  operationId: newId(),
  attempt: 1,
  events: [
    { n: 1, at, type: 'started' },
    { n: 2, at, type: 'task-started', position: 0 },
    { n: 3, at, type: 'log', task: null, level: 'INFO', message: 'm' },
    {
      n: 4,
      at,
      type: 'task-finished',
      position: 0,
      status: 'SUCCESS',
      fields: [{ subject: 'site', id: newId(), fields: { names: ['a'], status: null } }],
      warnings: [failure],
    },
    { n: 5, at, type: 'task-undone', position: 0, undone: true, fields: [] },
    { n: 6, at, type: 'finished', state: 'FAILED', failure: { ...failure, retry: NEVER }, fields: [] },
  ],
};
const another: OperationProgress = { ...progress, operationId: newId() };
const report: ProgressReport = { type: 'progress', operations: [progress, another] };

describe('messages', () => {
  it('pass unchanged', () => {
    const order = anOrder({
      tasks: [
        {
          name: 'a',
          input: { x: { y: [1, null] } },
          batchKey: 'k',
          sets: [{ subject: 'site', id: newId(), fields: {} }],
        },
      ],
    });
    const cancel = { type: 'cancel', operationId: newId() } as const;
    const heartbeat = { type: 'heartbeat', operations: [{ id: newId(), attempt: 2 }] } as const;
    expect([parseOrder(order), parseOrder(cancel)]).toEqual([order, cancel]);
    expect([parseReport(report), parseReport(heartbeat)]).toEqual([report, heartbeat]);
  });

  it.each([
    null,
    {},
    { ...anOrder(), type: 'walk' },
    { ...anOrder(), attempt: 0 },
    { ...anOrder(), operationId: '../../etc/passwd' },
    { ...anOrder(), tasks: [{ name: 'a' }] },
    { ...anOrder(), timeoutMs: -1 },
  ])('%#: refuse what is no order', (body) => {
    expect(() => parseOrder(body)).toThrow(z.ZodError);
  });

  const saying = (...operations: object[]): object => ({ ...report, operations });
  const event = (change: object): object => saying({ ...progress, events: [{ n: 1, at, type: 'started', ...change }] });
  const events = (count: number): object[] => Array.from({ length: count }, () => progress.events[0]!);
  it.each([
    { ...report, type: 'gossip' },
    event({ n: 0 }),
    event({ at: 'yesterday' }),
    event({ type: 'finished', state: 'RUNNING', failure: null, fields: [] }),
    event({ type: 'finished', state: 'FAILED', failure: { ...failure, code: 'NO_SUCH_CODE' }, fields: [] }),
    event({
      type: 'finished',
      state: 'FAILED',
      failure: { ...failure, retry: { policy: 'LATER', afterMs: 1e12 } },
      fields: [],
    }),
    event({ type: 'task-undone', position: 0, undone: true, fields: [{ subject: 'client', id: newId(), fields: {} }] }),
    event({ type: 'log', task: null, level: 'INFO', message: 'x'.repeat(8_001) }),
    saying(),
    saying(progress, progress),
    saying({ ...progress, events: events(501) }),
    saying({ ...progress, events: events(251) }, { ...another, events: events(250) }),
    { type: 'heartbeat', operations: Array.from({ length: 5_001 }, () => ({ id: newId(), attempt: 1 })) },
    event({
      type: 'task-finished',
      position: 0,
      status: 'SUCCESS',
      fields: [],
      warnings: Array.from({ length: 5_001 }, () => failure),
    }),
  ])('%#: refuse what is no report', (body) => {
    expect(() => parseReport(body)).toThrow(z.ZodError);
  });
});
