import { isFaultName, FAULTS, type FaultName, type FaultRule } from './faults.js';
import type { Random } from './random.js';

export interface Occasion {
  readonly operation: string;
  readonly names?: readonly string[];
}

interface Armed {
  readonly rule: FaultRule;
  seen: number;
  fired: number;
}

/** The faults that are switched on. Seeded: the same rules and the same requests in the same order give the same faults. */
export class FaultPlan {
  #armed: readonly Armed[] = [];
  readonly #fired = new Map<FaultName, number>();

  constructor(
    private readonly random: Random,
    rules: readonly FaultRule[] = [],
  ) {
    rules.forEach((rule) => this.add(rule));
  }

  /** @throws TypeError for a name that is not in the table */
  add(rule: FaultRule): void {
    if (!isFaultName(rule.fault)) {
      throw new TypeError(`There is no fault "${String(rule.fault)}": ${Object.keys(FAULTS).join(', ')}.`);
    }
    this.#armed = [...this.#armed, { rule, seen: 0, fired: 0 }];
  }

  /** One fault, or all of them. */
  clear(fault?: FaultName): void {
    this.#armed = this.#armed.filter(({ rule }) => fault !== undefined && rule.fault !== fault);
  }

  /** The rule by which the fault happens now, if it does. Asking counts as an occasion. */
  take(fault: FaultName, { operation, names = [] }: Occasion): FaultRule | undefined {
    for (const armed of this.#armed) {
      const { rule } = armed;
      const isMeant =
        rule.fault === fault &&
        (rule.operations?.includes(operation) ?? true) &&
        (rule.names?.some((name) => names.includes(name)) ?? true);
      if (isMeant && this.#happens(armed)) {
        this.#fired.set(fault, (this.#fired.get(fault) ?? 0) + 1);
        return rule;
      }
    }
    return undefined;
  }

  /** Whether it could happen at all: a cheap question, and no occasion. */
  isOn(fault: FaultName): boolean {
    return this.#armed.some(({ rule }) => rule.fault === fault);
  }

  /** Whether a rule names the operation itself. */
  isAimedAt(fault: FaultName, operation: string): boolean {
    return this.#armed.some(({ rule }) => rule.fault === fault && rule.operations?.includes(operation) === true);
  }

  /** How often each has happened. */
  fired(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#fired);
  }

  #happens(armed: Armed): boolean {
    const { after = 0, times = Number.POSITIVE_INFINITY, probability = 1 } = armed.rule;
    armed.seen += 1;
    if (armed.seen <= after || armed.fired >= times || (probability < 1 && !this.random.chance(probability))) {
      return false;
    }
    armed.fired += 1;
    return true;
  }
}
