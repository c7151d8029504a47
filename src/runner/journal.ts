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
  | { readonly k: 'event'; readonly event: RunnerEvent; readonly record?: TaskRecord };

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
  #lastWrite: Promise<void> = Promise.resolve();

  private constructor(
    readonly path: string,
    readonly order: RunOrder,
    private readonly file: FileHandle,
  ) {
    this.attempt = order.attempt;
    this.relayedThrough = order.relayedThrough;
  }

  /** Begins the journal of a new plan; what an older plan of the same operation left is gone. Synced. */
  static async create(directory: string, order: RunOrder): Promise<OperationJournal> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const path = journalPath(directory, order.operationId);
    const file = await open(path, 'w', 0o600);
    const journal = new OperationJournal(path, order, file);
    await journal.#write({ k: 'order', order }, true);
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
    const journal = new OperationJournal(path, first.order, await open(path, 'a', 0o600));
    for (const line of lines) {
      journal.#take(line);
    }
    // A torn line must not swallow the next one.
    await journal.file.appendFile('\n');
    return journal;
  }

  /** Operations that have a journal here. */
  static async list(directory: string): Promise<readonly string[]> {
    const names = await readdir(directory).catch(() => []);
    return names.filter((name) => name.endsWith('.jsonl')).map((name) => name.slice(0, -'.jsonl'.length));
  }

  /** Removes journals of ended operations that nothing was written to for `olderThanMs`. */
  static async sweep(directory: string, olderThanMs: number, keep: ReadonlySet<string>): Promise<void> {
    for (const operationId of await OperationJournal.list(directory)) {
      const path = journalPath(directory, operationId);
      const age = Date.now() - (await stat(path)).mtimeMs;
      if (!keep.has(operationId) && age > olderThanMs) {
        await rm(path, { force: true });
      }
    }
  }

  get settled(): boolean {
    return this.events.at(-1)?.type === 'finished';
  }

  get lastEvent(): number {
    return this.events.at(-1)?.n ?? this.order.relayedThrough;
  }

  /**
   * Numbers the event and keeps it; `durable`: on disk before this resolves. A finished task's record goes into the
   * same line as its event: after a crash there are both, and the task is not run again, or neither, and it is.
   */
  async append(body: RunnerEventBody, durable: boolean, record?: TaskRecord): Promise<void> {
    const event: RunnerEvent = { n: this.lastEvent + 1, at: new Date().toISOString(), ...body };
    const line: Line = { k: 'event', event, ...(record && { record }) };
    this.#take(line);
    await this.#write(line, durable);
  }

  async end(ending: Ending): Promise<void> {
    this.ending = ending;
    await this.#write({ k: 'ending', ending }, true);
  }

  /** The control plane has sent the same plan again: report under the new attempt, from where it says it stands. */
  async adopt(attempt: number, relayedThrough: number): Promise<void> {
    this.attempt = attempt;
    this.relayedThrough = relayedThrough;
    await this.#write({ k: 'attempt', attempt, relayedThrough }, true);
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
        return;
      case 'ending':
        this.ending = line.ending;
        return;
      case 'event':
        this.events.push(line.event);
        if (line.record && line.event.type === 'task-finished') {
          this.records.set(line.event.position, line.record);
        }
        if (line.event.type === 'task-undone') {
          this.undone.add(line.event.position);
        }
    }
  }

  /** One write after another: log lines come in while a task's own events are written. */
  #write(line: Line, durable: boolean): Promise<void> {
    const write = this.#lastWrite.then(async () => {
      await this.file.appendFile(`${JSON.stringify(line)}\n`);
      if (durable) {
        await this.file.datasync();
      }
    });
    this.#lastWrite = write.catch(() => undefined);
    return write;
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
