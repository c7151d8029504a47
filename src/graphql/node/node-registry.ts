import { Injectable } from '@nestjs/common';
import type { Actor } from '../../shared/actor.js';

/** How one kind of object is found by its id alone. */
export interface NodeSource {
  /** The GraphQL name of the type, which implements Node. */
  readonly typeName: string;
  /** The object in the shape of that type; null when there is none or the actor may not see it. */
  load(id: string, actor: Actor): Promise<object | null>;
}

/** Every module that owns a kind of object adds it here when it starts: `node(id)` finds them all. */
@Injectable()
export class NodeRegistry {
  readonly #sources = new Map<string, NodeSource>();

  add(source: NodeSource): void {
    if (this.#sources.has(source.typeName)) {
      throw new Error(`Two modules claim the node type ${source.typeName}.`);
    }
    this.#sources.set(source.typeName, source);
  }

  /**
   * Ids carry no type, so every source is asked, all at once: as many look-ups by primary key as there are kinds.
   */
  async find(id: string, actor: Actor): Promise<object | null> {
    const answers = await Promise.all(
      [...this.#sources.values()].map(async (source) => {
        const found = await source.load(id, actor);
        return found && { ...found, __typename: source.typeName };
      }),
    );
    return answers.find((answer) => answer !== null) ?? null;
  }
}
