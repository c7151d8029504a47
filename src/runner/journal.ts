import { mkdir, open, readFile, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunOrder } from '../operations/domain/order.js';
import type { RunnerEvent, RunnerEventBody } from '../operations/domain/runner-event.js';
import type { TaskStatus } from '../operations/domain/task.js';
import type { PlainObject } from '../shared/plain.js';

/** What a finished task left for later ones and for its undo. Stays on this server. */
export interface TaskRecord {
  readonly status: TaskStatus;
  readonly output: PlainObject;
  readonly undo: PlainObject | null;
}

type Line =
  | { readonly k: 'order'; readonly order: RunOrder }
  | { readonly k: 'attempt'; readonly attempt: number; readonly relayedThrough: number }
  | { readonly k: 'ending'; readonly ending: Ending }
  | { readonly k: 'reported' }
  | ({ readonly k: 'event'; readonly event: RunnerEvent } & Consequence);

/** What holds from an event on. It goes into the same line: after a crash there are both or neither. */
export interface Consequence {
  readonly record?: TaskRecord;
  readonly ending?: Ending;
}

/** Why the finished tasks are being taken back. Written before the first undo, so that a new start goes on undoing. */
export interface Ending {
  readonly state: 'FAILED' | 'CANCELLED' | 'TIMED_OUT';
  readonly failure: Extract<RunnerEventBody, { readonly type: 'finished' }>['failure'];
}

/**
 * One operation on this server's disk: its order, every event reported, every task finished. Append only, one JSON
 * document a line; what must survive `kill -9` and power loss is synced before it is acted upon. A torn last line is
 * ignored: what it said had not been promised to anybody yet.
 */
export class OperationJournal {
  readonly events: RunnerEvent[] = [];
  readonly records = new Map<number, TaskRecord>();
  readonly undone = new Set<number>();
  ending: Ending | null = null;
  attempt: number;
  /** Number of the last event that the control plane is known to have. */
  relayedThrough: number;
  /** Whether the queue has taken everything of a settled operation. */
  reported = false;
  #lastWrite: Promise<void> = Promise.resolve();
  #synced = true;
  /** Whether the file may end in half a line. */
  #torn: boolean;
  #failure: { readonly error: unknown } | null = null;

  private constructor(
    readonly path: string,
    readonly order: RunOrder,
    private readonly file: FileHandle,
    torn: boolean,
  ) {
    this.#torn = torn;
    this.attempt = order.attempt;
    this.relayedThrough = order.relayedThrough;
  }

  /** Begins the journal of a new plan; what an older plan of the same operation left is gone. Synced. */
  static async create(directory: string, order: RunOrder): Promise<OperationJournal> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const path = journalPath(directory, order.operationId);
    const file = await open(path, 'w', 0o600);
    const journal = new OperationJournal(path, order, file, false);
    await journal.#write(() => ({ k: 'order', order }), true);
    return journal;
  }

  /** The journal as an earlier process left it; null when there is none, or none that began whole. */
  static async read(directory: string, operationId: string): Promise<OperationJournal | null> {
    const path = journalPath(directory, operationId);
    const lines = await readLines(path);
    const [first] = lines;
    if (first?.k !== 'order') {
      return null;
    }
    const journal = new OperationJournal(path, first.order, await open(path, 'a', 0o600), true);
    for (const line of lines) {
      journal.#take(line);
    }
    return journal;
  }

  /** Operations that have a journal here. */
  static async list(directory: string): Promise<readonly string[]> {
    const names = await readdir(directory).catch(() => []);
    return names.filter((name) => name.endsWith('.jsonl')).map((name) => name.slice(0, -'.jsonl'.length));
  }

  /** Removes journals of settled operations that nothing was written to for `olderThanMs`. */
  static async sweep(directory: string, olderThanMs: number, keep: ReadonlySet<string>): Promise<void> {
    for (const operationId of await OperationJournal.list(directory)) {
      const path = journalPath(directory, operationId);
      const age = Date.now() - (await stat(path)).mtimeMs;
      // However old, a journal with work to do holds what that work needs to be taken back.
      if (!keep.has(operationId) && age > olderThanMs && leavesNothingToDo(await readLines(path))) {
        await rm(path, { force: true });
      }
    }
  }

  get settled(): boolean {
    return this.events.at(-1)?.type === 'finished';
  }

  get lastEvent(): number {
    return Math.max(this.events.at(-1)?.n ?? 0, this.relayedThrough);
  }

  /** Numbers the event and keeps it, with what holds from then on; `durable`: on disk before this resolves. */
  append(body: RunnerEventBody, durable: boolean, consequence: Consequence = {}): Promise<void> {
    return this.#write(
      () => ({
        k: 'event',
        event: { n: this.lastEvent + 1, at: new Date().toISOString(), ...body },
        ...consequence,
      }),
      durable,
    );
  }

  end(ending: Ending): Promise<void> {
    return this.#write(() => ({ k: 'ending', ending }), true);
  }

  /** All of it is in the queue. Should the queue lose it, the control plane sends the order again. */
  allReported(): Promise<void> {
    return this.#write(() => ({ k: 'reported' }), false);
  }

  /** The control plane has sent the same plan again: report under the new attempt, from where it says it stands. */
  adopt(attempt: number, relayedThrough: number): Promise<void> {
    return this.#write(() => ({ k: 'attempt', attempt, relayedThrough }), true);
  }

  /** Everything appended so far is on disk when this resolves: only then may it be reported. */
  sync(): Promise<void> {
    return this.#inTurn(() => this.#syncNow());
  }

  async close(): Promise<void> {
    await this.#lastWrite;
    await this.file.close();
  }

  #take(line: Line): void {
    switch (line.k) {
      case 'order':
        return;
      case 'attempt':
        this.attempt = line.attempt;
        this.relayedThrough = line.relayedThrough;
        this.reported = false;
        return;
      case 'ending':
        this.ending = line.ending;
        return;
      case 'reported':
        this.reported = true;
        return;
      case 'event':
        this.events.push(line.event);
        this.ending = line.ending ?? this.ending;
        if (line.record && line.event.type === 'task-finished') {
          this.records.set(line.event.position, line.record);
        }
        if (line.event.type === 'task-undone') {
          this.undone.add(line.event.position);
        }
    }
  }

  /** The line is made when its turn comes, so that numbers are given out in the order of the file. */
  #write(make: () => Line, durable: boolean): Promise<void> {
    return this.#inTurn(async () => {
      this.#mustBeWhole();
      const line = make();
      const separator = this.#torn ? '\n' : '';
      this.#torn = true;
      await this.file.appendFile(`${separator}${JSON.stringify(line)}\n`);
      this.#torn = false;
      this.#synced = false;
      if (durable) {
        await this.#syncNow();
      }
      this.#take(line);
    });
  }

  async #syncNow(): Promise<void> {
    this.#mustBeWhole();
    if (this.#synced) {
      return;
    }
    try {
      await this.file.datasync();
      this.#synced = true;
    } catch (error) {
      // What the disk holds now is anybody's guess, and a second fsync would lie: nothing more is promised.
      this.#failure = { error };
      throw error;
    }
  }

  #mustBeWhole(): void {
    if (this.#failure) {
      throw this.#failure.error;
    }
  }

  /** One after another: log lines come in while a task's own events are written. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const mine = this.#lastWrite.then(work);
    this.#lastWrite = mine.catch(() => undefined);
    return mine;
  }
}

const journalPath = (directory: string, operationId: string): string => join(directory, `${operationId}.jsonl`);

async function readLines(path: string): Promise<readonly Line[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      return '';
    }
    throw error;
  });
  return text.split('\n').flatMap((line) => parseLine(line));
}

function parseLine(line: string): readonly Line[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as Line];
  } catch {
    return [];
  }
}

/** Settled, or never begun whole. */
function leavesNothingToDo(lines: readonly Line[]): boolean {
  return lines[0]?.k !== 'order' || lines.some((line) => line.k === 'event' && line.event.type === 'finished');
}
