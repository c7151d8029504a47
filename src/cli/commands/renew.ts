import { loadConfig, localApiPort } from '../../config/index.js';
import { hashToken } from '../../clients/domain/api-token.js';
import { DomainError } from '../../shared/domain-error.js';
import { describe } from '../exit-with.js';
import { GraphqlClient } from '../graphql-client.js';
import { renewAll } from '../renew/renew-all.js';
import { exitCode, renewReport } from '../renew/renew-report.js';
import { showProgress } from '../renew/show-progress.js';
import { withTokens } from '../with-tokens.js';
import { createToken } from './token-create.js';

export interface RenewOptions {
  readonly dryRun?: boolean;
  readonly force?: string;
}

/** Somebody reads the mail of cron: it must have ended by then. */
const TOKEN_LIVES_MS = 6 * 3_600_000;

/** `hler renew`: what the scheduler does by itself, at once, with a table and an exit code. */
export async function runRenew({ dryRun = false, force }: RenewOptions): Promise<void> {
  try {
    const now = new Date();
    const wish = { dryRun, force: force ?? null, now };
    const outcomes = await withApi((api) => renewAll(api, wish, showProgress()));
    process.stdout.write(renewReport(outcomes, dryRun, now));
    process.exitCode = exitCode(outcomes);
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    process.exitCode = 2;
  }
}

/** With HLER_API_URL a token is given as well; without one this is the control plane's machine, which makes one for this run. */
async function withApi<T>(work: (api: GraphqlClient) => Promise<T>): Promise<T> {
  const config = loadConfig('up');
  if (config.apiUrl !== null && config.apiToken === null) {
    throw new DomainError('CONFIG_INVALID', 'HLER_API_URL is set and HLER_TOKEN is not: set both.');
  }
  const host = config.apiHost.includes(':') ? `[${config.apiHost}]` : config.apiHost;
  const url = config.apiUrl ?? `http://${host}:${await localApiPort(config)}/graphql`;
  const expiresAt = new Date(Date.now() + TOKEN_LIVES_MS);
  if (config.apiToken !== null) {
    return work(new GraphqlClient(url, config.apiToken));
  }
  const token = await createToken({ label: 'hler renew', expiresAt });
  try {
    return await work(new GraphqlClient(url, token));
  } finally {
    await withTokens(({ tokens }) => tokens.remove(hashToken(token)));
  }
}
