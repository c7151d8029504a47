import type { OperationKind } from './operation-kind.js';

/** The kinds of this process, by name. Filled while modules start; audited before the first request. */
export class OperationKinds {
  readonly #kinds = new Map<string, OperationKind>();

  /** @throws Error when the kind is registered twice: a defect, found at boot. */
  register(kind: OperationKind): void {
    if (this.#kinds.has(kind.name)) {
      throw new Error(`Operation kind "${kind.name}" is registered twice. Remove one of the two.`);
    }
    this.#kinds.set(kind.name, kind);
  }

  get(name: string): OperationKind {
    const kind = this.#kinds.get(name);
    if (!kind) {
      throw new Error(`No module registers the operation kind "${name}".`);
    }
    return kind;
  }

  all(): readonly OperationKind[] {
    return [...this.#kinds.values()];
  }
}
