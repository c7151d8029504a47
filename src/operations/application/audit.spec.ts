import { describe, expect, it } from 'vitest';
import { auditRegistry, type AuditInput } from './audit.js';
import type { OperationKind } from './operation-kind.js';

const aKind = (name: string, tasks: readonly string[]): OperationKind => ({
  name,
  tasks,
  timeoutMs: 1000,
  load: () => Promise.resolve(null),
  plan: () => ({ tasks: [], writes: [] }),
});

const fitting: AuditInput = {
  kinds: [aKind('site.verify', ['http.apply'])],
  writable: { 'site.verify': { site: ['status'] } },
  workerTasks: ['http.apply'],
  fieldWriters: ['site'],
};

describe('auditRegistry', () => {
  it('has nothing to say when all fits', () => {
    expect(auditRegistry(fitting)).toEqual([]);
  });

  it.each<[string, Partial<AuditInput>, readonly string[]]>([
    [
      'a doubled worker module',
      { workerTasks: ['http.apply', 'http.apply'] },
      ['Two worker modules are named "http.apply". Rename one.'],
    ],
    [
      'a task that nothing runs',
      { workerTasks: [] },
      ['No worker module runs the task "http.apply". Add workers/tasks/ and its line in workers/tasks/index.ts.'],
    ],
    [
      'a task that nothing plans',
      { workerTasks: ['http.apply', 'db.create'] },
      ['No operation kind plans the task "db.create". Remove it, or name it in a kind.'],
    ],
    [
      'a kind without a line in the writable fields',
      { writable: {} },
      ['The kind "site.verify" has no line in writable-fields.ts. Add one, empty if it writes nothing.'],
    ],
    [
      'a line for a kind that is not there',
      { writable: { ...fitting.writable, 'site.dance': {} } },
      ['writable-fields.ts names the kind "site.dance", which no module registers.'],
    ],
    [
      'fields that nothing can write',
      { fieldWriters: [] },
      ['The kind "site.verify" writes fields of "site", which no module can write.'],
    ],
  ])('finds %s', (_what, change, sentences) => {
    expect(auditRegistry({ ...fitting, ...change })).toEqual(sentences);
  });
});
