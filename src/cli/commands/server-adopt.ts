import { userInfo } from 'node:os';
import { loadConfig } from '../../config/index.js';
import { CONSUMERS } from '../../consumers/index.js';
import { adoptionLines } from '../adoption-lines.js';

/** `hler server adopt`: what an administrator adds to the machine so that its own web server serves the sites. Changes nothing. */
export function printAdoption(user: string | undefined): void {
  const config = loadConfig('up');
  const lines = adoptionLines({
    consumer: CONSUMERS[config.httpConsumer],
    configDirectory: config.paths.config,
    mainFile: config.httpSystemConfig,
    user: user ?? userInfo().username,
    root: config.paths.root,
  });
  process.stdout.write(lines);
}
