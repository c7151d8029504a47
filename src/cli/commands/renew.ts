import { loadConfig, localApiPort } from '../../config/index.js';
import { hashToken } from '../../clients/domain/api-token.js';
import { DomainError } from '../../shared/domain-error.js';
import { describe } from '../exit-with.js';
import { GraphqlClient } from '../graphql-client.js';
import { renewAll } from '../renew/renew-all.js';
import { exitCode, renewReport } from '../renew/renew-report.js';
import { showProgress } from '../renew/show-progress.js';
import { withOwnToken, type OwnToken } from '../renew/with-own-token.js';
import { untilToldToStop } from '../until-told-to-stop.js';
import { withTokens } from '../with-tokens.js';
import { createToken } from './token-create.js';

export interface RenewOptions {
  readonly dryRun?: boolean;
  readonly force?: string;
  /** Minutes. */
  readonly within: number;
}

const MINUTE_MS = 60_000;
/** For what is asked at the beginning and in the end. */
const TOKEN_OUTLIVES_MS = 30 * MINUTE_MS;

/**
 * `hler renew`: what the scheduler does by itself, at once, with a table and an exit code. When its time is up or it is told to stop
 * it waits for nothing any more, and tells what has become of each.
 */
export async function runRenew({ dryRun = false, force, within }: RenewOptions): Promise<void> {
  try {
    const now = new Date();
    const wish = { dryRun, force: force ?? null, now, within: endOfRun(within * MINUTE_MS) };
    const tokenExpiresAt = new Date(now.getTime() + within * MINUTE_MS + TOKEN_OUTLIVES_MS);
    const outcomes = await withApi(tokenExpiresAt, (api) => renewAll(api, wish, showProgress()));
    process.stdout.write(renewReport(outcomes, dryRun, now));
    process.exitCode = exitCode(outcomes);
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    process.exitCode = 2;
  }
}

/** With HLER_API_URL a token is given as well; without one this is the control plane's machine, which makes one for this run. */
async function withApi<T>(tokenExpiresAt: Date, work: (api: GraphqlClient) => Promise<T>): Promise<T> {
  const config = loadConfig('up');
  if (config.apiUrl !== null && config.apiToken === null) {
    throw new DomainError('CONFIG_INVALID', 'HLER_API_URL is set and HLER_TOKEN is not: set both.');
  }
  const host = config.apiHost.includes(':') ? `[${config.apiHost}]` : config.apiHost;
  const url = config.apiUrl ?? `http://${host}:${await localApiPort(config)}/graphql`;
  if (config.apiToken !== null) {
    return work(new GraphqlClient(url, config.apiToken));
  }
  const own: OwnToken = {
    make: () => createToken({ label: 'hler renew', expiresAt: tokenExpiresAt }),
    remove: (token) => withTokens(({ tokens }) => tokens.remove(hashToken(token))),
  };
  return withOwnToken(own, (token) => work(new GraphqlClient(url, token)));
}

function endOfRun(withinMs: number): AbortSignal {
  const told = new AbortController();
  void untilToldToStop().then(() => told.abort());
  return AbortSignal.any([AbortSignal.timeout(withinMs), told.signal]);
}
