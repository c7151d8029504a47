import type { DocumentNode } from 'graphql';

/**
 * Parsed and validated documents by their text, least recently used out first. One cache belongs to one schema and
 * one set of limits. Bounded by the characters of its documents, because what an entry costs grows with its text.
 */
export class DocumentCache {
  readonly #documents = new Map<string, DocumentNode>();
  #characters = 0;

  constructor(private readonly maxCharacters: number) {}

  get size(): number {
    return this.#documents.size;
  }

  get(text: string): DocumentNode | undefined {
    const document = this.#documents.get(text);
    if (document) {
      this.#documents.delete(text);
      this.#documents.set(text, document);
    }
    return document;
  }

  set(text: string, document: DocumentNode): void {
    if (!this.#documents.has(text)) {
      this.#characters += text.length;
    }
    this.#documents.set(text, document);
    for (const oldest of this.#documents.keys()) {
      if (this.#characters <= this.maxCharacters) {
        return;
      }
      this.#documents.delete(oldest);
      this.#characters -= oldest.length;
    }
  }
}
