import { describe, expect, it } from 'vitest';
import type { StoredFile } from './http-change.js';
import { filesToWrite, groupCalls, planChanges } from './plan-changes.js';
import type { RenderedChange } from './render-changes.js';

const file = (path: string, content: string | null): StoredFile => ({ path, content, mode: 0o644 });
const disk = (...files: readonly StoredFile[]) =>
  new Map(files.map((each) => [each.path, { ...each, oddity: null }] as const));
const change = (...files: readonly StoredFile[]): RenderedChange => ({
  subject: null,
  key: files.map(({ path }) => path).join(),
  files,
  site: null,
  formerNames: [],
  siteUris: null,
});

describe('planning an apply', () => {
  it('gives calls about the same files one change, the last one, and both its verdict', () => {
    const [first, last, other] = [change(file('a', '1')), change(file('a', '2')), change(file('b', '1'))];
    expect(
      groupCalls([
        [0, first],
        [1, other],
        [2, last],
      ]),
    ).toEqual([
      { rendered: last, calls: [0, 2] },
      { rendered: other, calls: [1] },
    ]);
  });

  it('finds nothing to do where the disk is as wanted', () => {
    const wanted = groupCalls([[0, change(file('a', '1'))]]);
    const plan = planChanges(wanted, disk(file('a', '1')), []);
    expect(plan).toMatchObject({ changes: [{ differs: false, before: [file('a', '1')] }], leftovers: [] });
  });

  it('takes up an apply that was cut off: the way back leads to what was before the first attempt', () => {
    const wanted = groupCalls([[0, change(file('a', 'new'))]]);
    const plan = planChanges(wanted, disk(file('a', 'new')), [file('a', 'old')]);
    expect(plan).toMatchObject({ changes: [{ differs: true, before: [file('a', 'old')] }], leftovers: [] });
  });

  it('takes back what nobody asks for now', () => {
    const wanted = groupCalls([[0, change(file('b', 'new'))]]);
    const plan = planChanges(wanted, disk(file('a', 'new'), file('b', null)), [file('a', 'old')]);
    expect(plan.leftovers).toEqual([file('a', 'old')]);
  });

  it('writes only what is not so on disk, modes included', () => {
    const live = disk(file('a', '1'), { ...file('b', '1'), mode: 0o600 }, file('c', null));
    const wanted = [file('a', '1'), file('b', '1'), file('c', '1'), file('d', '1')];
    expect(filesToWrite(wanted, live).map(({ path }) => path)).toEqual(['b', 'c', 'd']);
  });
});
