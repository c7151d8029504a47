import type { StoredFile } from './http-change.js';
import { isSame, type LiveFile } from './live-files.js';
import type { RenderedChange } from './render-changes.js';

/** A change compared with the disk. */
export interface PlannedChange {
  readonly rendered: RenderedChange;
  /** Indexes of the calls that want it: they all get its verdict. */
  readonly calls: readonly number[];
  /** The files as they shall be. */
  readonly files: readonly StoredFile[];
  /** The same files as they were last known to be served: from the journal of an apply that was cut off, or the disk. */
  readonly before: readonly StoredFile[];
  /** It is not what was served before, or not what is on disk. */
  readonly differs: boolean;
}

export interface Plan {
  readonly changes: readonly PlannedChange[];
  /** Files of an apply that was cut off and that nobody asks for now, as they were before it. */
  readonly leftovers: readonly StoredFile[];
}

export interface WantedChange {
  readonly rendered: RenderedChange;
  readonly calls: readonly number[];
}

/** One change for each key; of several calls about the same files the last one counts. */
export function groupCalls(rendered: readonly (readonly [number, RenderedChange])[]): readonly WantedChange[] {
  const groups = new Map<string, WantedChange>();
  for (const [call, change] of rendered) {
    const calls = [...(groups.get(change.key)?.calls ?? []), call];
    groups.set(change.key, { rendered: change, calls });
  }
  return [...groups.values()];
}

/**
 * Compares what is wanted with what is there. An apply that was cut off is taken up again where the same change is asked
 * for, and taken back where it is not, so that what its operation finds when it comes again is what it found at first.
 */
export function planChanges(
  wanted: readonly WantedChange[],
  live: ReadonlyMap<string, LiveFile>,
  journal: readonly StoredFile[],
): Plan {
  const asServed = [...live.values()].map(({ path, content, mode }) => [path, { path, content, mode }] as const);
  const served = new Map<string, StoredFile>([...asServed, ...journal.map((file) => [file.path, file] as const)]);
  const changes = wanted.map(({ rendered, calls }) => {
    const before = rendered.files.map((file) => served.get(file.path) ?? { ...file, content: null });
    const differs = rendered.files.some((file, index) => {
      const [was, is] = [before[index], live.get(file.path)];
      return was === undefined || is === undefined || !isSame(file, was) || !isSame(file, is);
    });
    return { rendered, calls, files: rendered.files, before, differs };
  });
  const asked = new Set(changes.flatMap(({ files }) => files.map(({ path }) => path)));
  return { changes, leftovers: journal.filter(({ path }) => !asked.has(path)) };
}

/** Of the files as they shall be, those that are not so on disk. */
export function filesToWrite(files: readonly StoredFile[], live: ReadonlyMap<string, LiveFile>): readonly StoredFile[] {
  return files.filter((file) => {
    const is = live.get(file.path);
    return is === undefined || !isSame(file, is);
  });
}
