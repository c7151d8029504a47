import { loadConfig } from '../../config/index.js';
import { Logger } from '@nestjs/common';
import { nestLogger } from '../nest-log.js';
import { untilToldToStop } from '../until-told-to-stop.js';
import { up } from '../up.js';

/** `hler up`: runs until told to stop, then stops everything it started. */
export async function runUp(): Promise<void> {
  const config = loadConfig('up');
  Logger.overrideLogger(nestLogger(config));
  const stopped = untilToldToStop();
  const running = await up(config);
  new Logger('Hlér').log(`GraphQL is served at ${running.graphqlUrl}`);
  await stopped;
  await running.stop();
}
