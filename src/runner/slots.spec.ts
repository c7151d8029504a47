import { describe, expect, it } from 'vitest';
import { aGate } from '../../test/support/gate.js';
import { Slots } from './slots.js';

describe('Slots', () => {
  it('run so many at a time, and the others in order', async () => {
    const slots = new Slots(2);
    const gates = Array.from({ length: 5 }, () => aGate());
    const started: number[] = [];
    const all = gates.map((gate, index) =>
      slots.use(async () => {
        started.push(index);
        await gate.passed;
      }),
    );
    await tick();
    expect(started).toEqual([0, 1]);
    gates[1]!.open();
    await all[1];
    await tick();
    expect(started).toEqual([0, 1, 2]);
    gates.forEach((gate) => gate.open());
    await Promise.all(all);
    expect(started).toEqual([0, 1, 2, 3, 4]);
  });

  it('are given back by work that fails', async () => {
    const slots = new Slots(1);
    await expect(slots.use(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    let ran = false;
    await slots.use(async () => {
      ran = true;
    });
    expect(ran).toBe(true);
  });

  it('start nothing that waits once they are closed, and let what runs end', async () => {
    const slots = new Slots(1);
    const gate = aGate();
    const ran: string[] = [];
    const first = slots.use(async () => {
      await gate.passed;
      ran.push('first');
    });
    const second = slots.use(async () => void ran.push('second'));
    slots.close();
    await second;
    await slots.use(async () => void ran.push('third'));
    gate.open();
    await first;
    expect(ran).toEqual(['first']);
  });
});

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
