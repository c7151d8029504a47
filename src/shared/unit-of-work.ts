/**
 * One database transaction around everything `work` does, however many stores it calls: the stores find the
 * transaction by themselves. Nested calls join the outer transaction. On a deadlock or lock timeout the whole of
 * `work` runs again (so it must have no effect outside the database); other errors roll back and pass through.
 */
export abstract class UnitOfWork {
  abstract run<T>(work: () => Promise<T>): Promise<T>;

  /** Runs `effect` once, after the outermost transaction has committed; never when it rolled back. */
  abstract afterCommit(effect: () => void | Promise<void>): void;
}
