import type { GraphqlContext } from '../graphql-context.js';

/** Counts what one token (without one, one address) has open at once over all transports, up to a limit. */
export class SubscriptionSlots {
  readonly #taken = new Map<string, number>();

  constructor(readonly max: number) {}

  /** The function that gives the slot back (once), or undefined when all are taken. */
  take({ actor, request }: Pick<GraphqlContext, 'actor' | 'request'>): (() => void) | undefined {
    const key = actor ? `token ${actor.tokenId}` : `address ${request.remoteAddress}`;
    const taken = this.#taken.get(key) ?? 0;
    if (taken >= this.max) {
      return undefined;
    }
    this.#taken.set(key, taken + 1);
    let held = true;
    return () => {
      if (held) {
        held = false;
        this.giveBack(key);
      }
    };
  }

  private giveBack(key: string): void {
    const left = (this.#taken.get(key) ?? 1) - 1;
    if (left > 0) {
      this.#taken.set(key, left);
    } else {
      this.#taken.delete(key);
    }
  }
}
