import { inspect } from 'node:util';

const REDACTED = '[REDACTED]';

/**
 * Holds a value that must not reach a log, an error, GraphQL, `ps` or a queue by accident.
 * Printing, serialising or inspecting it shows `[REDACTED]`; only `reveal()` gives the value.
 * It does not survive structured clone on purpose (its field is private): unwrap it deliberately at a boundary.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
