import { stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { firstBlocked, lineage } from '../tasks/platform-check-access.js';
import { identityOf, inspect } from '../system/identity.js';
import type { Target } from './effects.js';
import { error, ok, warning, type Finding } from './health-finding.js';

/** Who the runner is, who answers requests, and whether that one gets to what it has to read. */
export async function checkAccount({ server, directory }: Target): Promise<Finding> {
  const runner = accountName();
  const answers = server.machine?.system?.workerUser ?? server.workerUser;
  if (answers === null) {
    return ok(`The runner and the web server both run as ${runner}.`);
  }
  const user = await identityOf(answers, AbortSignal.timeout(10_000));
  const blocked = firstBlocked(await inspect(lineage(directory)), [], user);
  if (blocked !== undefined) {
    return error(
      `The web server's account ${answers} may not pass ${blocked.path}, and cannot read our pages.`,
      `Run: chmod ${blocked.missing} ${blocked.path}`,
    );
  }
  const { mode } = await stat(directory);
  return (mode & 0o022) === 0
    ? ok(`The runner is ${runner}; requests are answered by ${answers}.`)
    : warning(
        `${directory} can be written to by other accounts, and so can the configuration.`,
        `Run: chmod 755 ${directory}`,
      );
}

/** An account that the system does not know by name has its number. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return `the account ${process.getuid?.()}`;
  }
}
