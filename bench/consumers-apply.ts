/** `consumers-apply.ts <file>`: applies the inputs of a file as one batch, in a process of its own whose memory can be read. */
import { readFileSync } from 'node:fs';
import { CONSUMERS } from '../src/consumers/index.js';
import { realEffects, type Effects } from '../workers/http/effects.js';
import type { HttpApplyInput } from '../workers/http/http-change.js';
import { renderChange } from '../workers/http/render-changes.js';
import { applyInputs } from '../test/support/private-http-server.js';

export interface Applied {
  readonly renderMs: number;
  /** Commands that check, the canary of apache included. */
  readonly validateMs: number;
  /** From the signal (or the start) until every name was seen to be served, front pages included. */
  readonly inForceMs: number;
  readonly wholeMs: number;
  readonly peakMb: number;
}

const inputs = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as readonly HttpApplyInput[];
const [first] = inputs;
const start = CONSUMERS[first!.consumer].commands.start(first!.server);

let validateMs = 0;
let told = 0;
const effects: Effects = {
  ...realEffects,
  run: async (command) => {
    const began = performance.now();
    const result = await realEffects.run(command);
    if (command.args.join(' ') === start.args.join(' ')) {
      told = began;
    } else {
      validateMs += performance.now() - began;
    }
    return result;
  },
  signal: (pid, signal) => {
    told = signal === 'SIGKILL' ? told : performance.now();
    realEffects.signal(pid, signal);
  },
};

const renderBegan = performance.now();
inputs.forEach((input) => renderChange(input, input.server));
const renderMs = performance.now() - renderBegan;
const began = performance.now();
const results = await applyInputs(inputs, effects);
const ended = performance.now();
const failed = results.find(({ status }) => status === 'ERROR');
if (failed !== undefined) {
  throw new Error(JSON.stringify(failed));
}
const peak = /^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
const applied: Applied = {
  renderMs,
  validateMs,
  inForceMs: ended - told,
  wholeMs: ended - began,
  peakMb: Number(peak) / 1024,
};
process.stdout.write(JSON.stringify(applied));
