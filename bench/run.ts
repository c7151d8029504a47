/** `run.ts [--write] [suite…]`: measures the built product and prints what it found. See docs/benchmarks.md. */
import { acme } from './acme.js';
import { stopAll } from './cleanup.js';
import { consumers } from './consumers.js';
import { writeFigures } from './document.js';
import { describeMachine, load } from './machine.js';
import { queue } from './queue.js';
import { scale } from './scale.js';
import { sites } from './sites.js';
import { start } from './start.js';
import { storm } from './storm.js';
import type { Suite } from './suite.js';

const SUITES: readonly Suite[] = [sites, queue, scale, start, consumers, storm, acme];

async function figuresOf(suite: Suite, machine: string): Promise<string> {
  const before = load();
  const { table, remarks } = await suite.measure();
  const measured = `${new Date().toISOString().slice(0, 10)}, ${machine}; load ${before} before and ${load()} after.`;
  return ['', table, '', ...remarks.map((remark) => `- ${remark}`), `- ${measured}`, ''].join('\n');
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void stopAll().finally(() => process.exit(1)));
}
const wanted = process.argv.slice(2).filter((argument) => argument !== '--write');
const unknown = wanted.find((name) => !SUITES.some((suite) => suite.name === name));
if (unknown !== undefined) {
  throw new Error(`There is no suite "${unknown}": ${SUITES.map(({ name }) => name).join(', ')}.`);
}
const machine = await describeMachine();
for (const suite of SUITES.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const figures = await figuresOf(suite, machine);
  process.stdout.write(`\n## ${suite.title}\n${figures}`);
  if (process.argv.includes('--write')) {
    await writeFigures(suite.name, figures);
  }
}
process.exit();
