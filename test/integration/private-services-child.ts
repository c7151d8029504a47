import { writeSync } from 'node:fs';
import { PrivateServices } from '../../src/private-services/index.js';
import { configOf } from '../support/private-root.js';

// Stands in for `hler up` in a process of its own: ROOT [exit]. Prints its pids when ready; `exit` leaves without stopping anything.
const [root = '', after] = process.argv.slice(2);
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const services = await PrivateServices.start(configOf(root), quiet, { durability: 'relaxed' });
process.once('SIGTERM', () => {
  void services.stop();
});
writeSync(1, `${JSON.stringify({ mariadb: services.mariadb?.pid, redis: services.redis?.pid })}\n`);
if (after === 'exit') {
  process.exit(7);
}
