import type { FieldSource } from '../domain/field-source.js';
import type { FieldUpdate, SubjectType } from '../domain/task.js';

/**
 * Writes fields that came back through the relay into one type of object. It runs inside the relay's transaction,
 * after the writable-fields table has allowed every field. A field value of the wrong shape throws a ZodError.
 */
export interface FieldWriter {
  readonly subject: SubjectType;
  write(id: string, fields: FieldUpdate['fields'], source: FieldSource): Promise<void>;
}

export class FieldWriters {
  readonly #writers = new Map<SubjectType, FieldWriter>();

  register(writer: FieldWriter): void {
    if (this.#writers.has(writer.subject)) {
      throw new Error(`Fields of "${writer.subject}" have two writers. Remove one of the two.`);
    }
    this.#writers.set(writer.subject, writer);
  }

  get(subject: SubjectType): FieldWriter {
    const writer = this.#writers.get(subject);
    if (!writer) {
      throw new Error(`No module registers a writer for fields of "${subject}".`);
    }
    return writer;
  }

  subjects(): readonly SubjectType[] {
    return [...this.#writers.keys()];
  }
}
