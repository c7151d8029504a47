import { describe, expect, it } from 'vitest';
import { outputOf } from '../operations/domain/task.js';
import { resolveOutputs } from './resolve-outputs.js';

describe('resolveOutputs', () => {
  it('puts what earlier tasks found out in its place, at any depth and of any type', () => {
    const input = {
      spki: outputOf('certificate.self-sign', 'spki'),
      deep: [{ names: outputOf('certificate.self-sign', 'names') }, 7, null, true],
      left: 'hler-output',
      absent: undefined,
    };
    expect(
      resolveOutputs(input, { 'certificate.self-sign': { spki: 'ab', names: ['a.example', 'b.example'] } }),
    ).toEqual({
      spki: 'ab',
      deep: [{ names: ['a.example', 'b.example'] }, 7, null, true],
      left: 'hler-output',
      absent: undefined,
    });
  });

  it('takes what stands otherwise where the task says nothing of it, null included', () => {
    const outputs = { 'a.task': { 'spki of a.example': 'ab' } };
    const input = {
      known: outputOf('a.task', 'spki of a.example', 'cd'),
      left: outputOf('a.task', 'spki of b.example', 'cd#ef'),
      none: outputOf('a.task', 'spki of b.example', null),
    };
    expect(resolveOutputs(input, outputs)).toEqual({ known: 'ab', left: 'cd#ef', none: null });
  });

  it.each([outputOf('no.task', 'spki'), outputOf('a.task', 'nothing')])('refuses %s', (reference) => {
    expect(() => resolveOutputs({ reference }, { 'a.task': { spki: 'ab' } })).toThrow(
      /which no earlier task has given/,
    );
  });
});
