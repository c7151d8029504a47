import { describe, expect, it } from 'vitest';
import { FairQueue } from './fair-queue.js';
import { LETS_ENCRYPT_LIMITS, NO_LIMITS } from './limits.js';
import { OrderBudget, type BudgetedOrder } from './order-budget.js';

const NOW = new Date('2026-06-01T00:00:00Z');
const HOUR = 3_600_000;
const later = (ms: number) => new Date(NOW.getTime() + ms);
const anOrder = (more: Partial<BudgetedOrder> = {}): BudgetedOrder => ({
  accountId: 'a',
  names: ['www.example.test'],
  replaces: null,
  lastIssuedAt: null,
  ...more,
});

function aBudget(limits = LETS_ENCRYPT_LIMITS): OrderBudget {
  return new OrderBudget(limits, new Map<string, number>(), (name) => name.split('.').slice(-2).join('.'));
}

/** How many orders are allowed at this moment, each for another name of `domain(index)`. */
function drain(budget: OrderBudget, now: Date, order: (index: number) => BudgetedOrder): number {
  for (let index = 0; ; index += 1) {
    if (!budget.mayOrder(order(index), now).allowed) {
      return index;
    }
    budget.order(order(index), now);
  }
}

describe('the budget of orders', () => {
  it('lets 300 new orders of an account go at once, and one every 36 seconds after that', () => {
    const budget = aBudget();
    const order = (index: number) => anOrder({ names: [`s${index}-${Math.random()}.test`] });
    expect(drain(budget, NOW, order)).toBe(300);
    const notBefore = later(36_000);
    const limit = 'new orders of the account';
    expect(budget.mayOrder(anOrder(), NOW)).toEqual({ allowed: false, notBefore, limit, scope: 'ACCOUNT' });
    expect(drain(budget, later(35_999), order)).toBe(0);
    expect(drain(budget, later(36_000), order)).toBe(1);
    expect(drain(budget, later(36_000 + 3 * HOUR), order)).toBe(300);
    expect(budget.mayOrder(anOrder({ accountId: 'b' }), NOW)).toEqual({ allowed: true });
  });

  it('lets 50 certificates of a registered domain go, of its hostnames and its wildcards', () => {
    const order = (index: number) => anOrder({ names: [`${index % 2 === 0 ? '*.' : ''}s${index}.example.test`] });
    const budget = aBudget();
    expect(drain(budget, NOW, order)).toBe(50);
    expect(budget.mayOrder(order(50), NOW)).toMatchObject({ scope: 'ORDER', notBefore: later((7 * 24 * HOUR) / 50) });
    expect(budget.mayOrder(anOrder({ names: ['www.other.test'] }), NOW)).toEqual({ allowed: true });
  });

  it('lets the same names go 5 times, in whatever order they are named', () => {
    const order = (index: number) =>
      anOrder({ names: index % 2 === 0 ? ['a.test', 'b.test'] : ['b.test', 'a.test', 'b.test'] });
    expect(drain(aBudget(), NOW, order)).toBe(5);
  });

  it('frees a renewal of the limits for account and domain, and one inside its window of every limit', () => {
    const budget = aBudget();
    drain(budget, NOW, (index) => anOrder({ names: [`x${index}.test`] }));
    const renewal = anOrder({ lastIssuedAt: later(-119 * 24 * HOUR) });
    expect(budget.mayOrder(anOrder({ lastIssuedAt: later(-121 * 24 * HOUR) }), NOW).allowed).toBe(false);
    expect(drain(budget, NOW, () => renewal)).toBe(5);
    const window = { start: later(-HOUR), end: later(HOUR) };
    const advised = { ...renewal, replaces: { window } };
    expect(budget.mayOrder(advised, NOW)).toEqual({ allowed: true });
    expect(budget.mayOrder(advised, later(HOUR)).allowed).toBe(false);
    expect(budget.mayOrder(advised, later(-HOUR - 1)).allowed).toBe(false);
  });

  it('takes certificates back that were not issued, and keeps the order counted', () => {
    const budget = aBudget();
    for (let index = 0; index < 299; index += 1) {
      budget.notIssued(budget.order(anOrder(), NOW));
    }
    expect(budget.mayOrder(anOrder(), NOW)).toEqual({ allowed: true });
    budget.notIssued(budget.order(anOrder(), NOW));
    expect(budget.mayOrder(anOrder(), NOW)).toMatchObject({ scope: 'ACCOUNT' });
  });

  it('holds back a name that has failed five times in an hour, and that name only', () => {
    const budget = aBudget();
    for (let index = 0; index < 5; index += 1) {
      budget.authorizationFailed('a', 'www.example.test', NOW);
    }
    expect(budget.mayOrder(anOrder(), NOW)).toMatchObject({ scope: 'ORDER', notBefore: later(12 * 60_000) });
    expect(budget.mayOrder(anOrder({ names: ['example.test'] }), NOW)).toEqual({ allowed: true });
  });

  it('of a CA without limits holds nobody back', () => {
    const budget = aBudget(NO_LIMITS);
    for (let index = 0; index < 1000; index += 1) {
      budget.order(anOrder(), NOW);
    }
    expect(budget.mayOrder(anOrder(), NOW)).toEqual({ allowed: true });
  });
});

describe('the fair queue', () => {
  const all = (queue: FairQueue<string>): string => {
    let text = '';
    for (let item = queue.take(); item !== undefined; item = queue.take()) {
      text += item;
    }
    return text;
  };

  it('serves clients in turn, whatever the length of their lines', () => {
    const queue = new FairQueue<string>();
    ['A', 'A', 'A', 'A'].forEach((item) => queue.push('a', item));
    ['B', 'B'].forEach((item) => queue.push('b', item));
    queue.push('c', 'C');
    expect(all(queue)).toBe('ABCABAA');
  });

  it('lets one who comes late wait for one item of the other', () => {
    const queue = new FairQueue<string>();
    Array.from({ length: 100 }, () => queue.push('a', 'A'));
    Array.from({ length: 50 }, () => queue.take());
    queue.push('b', 'B');
    expect([queue.take(), queue.take()]).toContain('B');
  });

  it('does not prefer a client that comes back each time it was served', () => {
    const queue = new FairQueue<string>();
    Array.from({ length: 10 }, () => queue.push('a', 'A'));
    let text = '';
    queue.push('b', 'B');
    for (let turn = 0; turn < 10; turn += 1) {
      const item = queue.take()!;
      text += item;
      if (item === 'B') {
        queue.push('b', 'B');
      }
    }
    expect(text).toBe('ABABABABAB');
  });

  it('counts what a client has on the way already', () => {
    const queue = new FairQueue<string>(new Map([['a', 2]]));
    ['A', 'A'].forEach((item) => queue.push('a', item));
    ['B', 'B', 'B'].forEach((item) => queue.push('b', item));
    expect(all(queue)).toBe('BBABA');
  });
});
