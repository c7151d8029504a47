import { untilToldToStop } from '../../src/cli/until-told-to-stop.js';

/** `told-to-stop.child.ts <message>`: is told to stop, and is left with a rejection of this message that nobody waits for. */
const told = untilToldToStop();
// Listening to signals keeps nobody alive.
const alive = setInterval(() => undefined, 1_000);
process.kill(process.pid, 'SIGTERM');
await told;
clearInterval(alive);
void Promise.reject(new Error(process.argv[2]));
await new Promise((resolve) => setTimeout(resolve, 50));
process.stdout.write('stopped in order');
