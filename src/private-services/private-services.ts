import type { Config, StatePaths } from '../config/index.js';
import type { Secret } from '../shared/secret.js';
import { readCredentials, readOrMakeCredentials } from './credentials.js';
import type { Log } from './log.js';
import { mariadbUrl, startPrivateMariadb } from './private-mariadb.js';
import { redisUrl, startPrivateRedis } from './private-redis.js';
import type { Durability, PrivateService } from './private-service.js';
import { RootClaim } from './root-claim.js';
import { removeSocketDirectory } from './socket-directory.js';
import { makeStateDirectories } from './state-directories.js';

type ServiceConfig = Pick<Config, 'paths' | 'databaseUrl' | 'redisUrl' | 'programPath'>;

/**
 * What `hler up` needs of a database and a Redis: the ones that the configuration names, and for each that it does not,
 * a private one that runs as long as this process.
 */
export class PrivateServices {
  private constructor(
    readonly databaseUrl: Secret,
    readonly redisUrl: Secret,
    /** The private ones only. */
    readonly mariadb: PrivateService | null,
    readonly redis: PrivateService | null,
    private readonly paths: StatePaths,
    private readonly claim: RootClaim,
  ) {}

  /**
   * Makes the directories of the state, claims the root, ends what a killed process left running, and starts what is
   * missing. Returns when both answer. When it throws, nothing of it is left running and the root is free.
   * @throws DomainError CONFIG_INVALID (the root is in use), PROGRAM_MISSING, DATABASE_UNAVAILABLE, QUEUE_UNAVAILABLE,
   * DISK_FULL, READ_ONLY
   */
  static async start(
    config: ServiceConfig,
    log: Log,
    { durability = 'durable' }: { readonly durability?: Durability } = {},
  ): Promise<PrivateServices> {
    const { paths, programPath } = config;
    await makeStateDirectories(paths);
    const claim = await RootClaim.take(paths);
    try {
      const options = { paths, credentials: await readOrMakeCredentials(paths), programPath, durability, log };
      const [mariadb, redis] = await bothOrNeither(
        config.databaseUrl === null ? startPrivateMariadb(options) : null,
        config.redisUrl === null ? startPrivateRedis(options) : null,
      );
      const databaseUrl = config.databaseUrl ?? mariadbUrl(paths, options.credentials);
      const queueUrl = config.redisUrl ?? redisUrl(paths, options.credentials);
      return new PrivateServices(databaseUrl, queueUrl, mariadb, redis, paths, claim);
    } catch (error) {
      await claim.release();
      throw error;
    }
  }

  /** Ends the private ones and frees the root. Idempotent. Close what uses them first. */
  async stop(): Promise<void> {
    await Promise.all([this.mariadb?.stop(), this.redis?.stop()]);
    await removeSocketDirectory(this.paths);
    await this.claim.release();
  }
}

/**
 * How another process of the same user (`hler token create`) reaches the private services of this root; null before
 * their first start. Says nothing about whether they run.
 */
export async function privateUrls(
  paths: StatePaths,
): Promise<{ readonly databaseUrl: Secret; readonly redisUrl: Secret } | null> {
  const credentials = await readCredentials(paths);
  return credentials && { databaseUrl: mariadbUrl(paths, credentials), redisUrl: redisUrl(paths, credentials) };
}

/** Waits for both to come up or fail, so that a failure of one never leaves the other running. */
async function bothOrNeither(
  first: Promise<PrivateService> | null,
  second: Promise<PrivateService> | null,
): Promise<readonly [PrivateService | null, PrivateService | null]> {
  const [one, other] = await Promise.allSettled([first, second]);
  if (one.status === 'fulfilled' && other.status === 'fulfilled') {
    return [one.value, other.value];
  }
  const failures: unknown[] = [];
  for (const outcome of [one, other]) {
    if (outcome.status === 'fulfilled') {
      await outcome.value?.stop();
    } else {
      failures.push(outcome.reason);
    }
  }
  throw failures[0];
}
