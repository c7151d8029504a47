import { atomicWriteAll } from '../../workers/system/atomic-write.js';
import { realEffects, type Effects } from '../../workers/http/effects.js';
import type { HttpApplyInput } from '../../workers/http/http-change.js';
import { applyInputs } from '../support/private-http-server.js';

/** Applies a batch, and dies (SIGKILL) at the boundary before or after an effect that it is told; exits 0 when it got past all. */
const { inputs, dieAt } = JSON.parse(process.argv[2] ?? '') as { inputs: readonly HttpApplyInput[]; dieAt: number };

let boundary = 0;
function reach(): void {
  if (boundary === dieAt) {
    process.kill(process.pid, 'SIGKILL');
  }
  boundary += 1;
}

const effects: Effects = {
  ...realEffects,
  run: async (command) => {
    reach();
    const result = await realEffects.run(command);
    reach();
    return result;
  },
  write: async (files, options) => {
    for (const file of files) {
      reach();
      await atomicWriteAll([file], options);
    }
    reach();
  },
  signal: (pid, signal) => {
    reach();
    realEffects.signal(pid, signal);
    reach();
  },
};

const results = await applyInputs(inputs, effects);
process.stdout.write(JSON.stringify(results));
