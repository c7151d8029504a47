import { TypeormClientStore } from '../clients/adapters/typeorm-client-store.js';
import { TypeormTokenStore } from '../clients/adapters/typeorm-token-store.js';
import type { TokenStore } from '../clients/application/token-store.js';
import type { ClientStore } from '../clients/index.js';
import { loadConfig } from '../config/index.js';
import { createDataSource } from '../database/data-source.js';
import { toDatabaseUnavailable } from '../database/database-error.js';
import { DatabaseSession } from '../database/database-session.js';
import { ENTITIES } from '../entities.js';
import { privateUrls } from '../private-services/index.js';
import { SystemClock, type Clock } from '../shared/clock.js';
import { DomainError } from '../shared/domain-error.js';
import type { Secret } from '../shared/secret.js';

export interface Tokens {
  readonly tokens: TokenStore;
  readonly clients: ClientStore;
  readonly clock: Clock;
}

/** Tokens are kept where the database can be reached: no token is needed for it. @throws DomainError DATABASE_UNAVAILABLE */
export async function withTokens<T>(work: (all: Tokens) => Promise<T>): Promise<T> {
  const dataSource = createDataSource(await databaseUrl(), ENTITIES, 1);
  try {
    await dataSource.initialize();
    const session = new DatabaseSession(dataSource);
    const [tokens, clients] = [new TypeormTokenStore(session), new TypeormClientStore(session)];
    return await work({ tokens, clients, clock: new SystemClock() });
  } catch (error) {
    throw toDatabaseUnavailable(error) ?? error;
  } finally {
    if (dataSource.isInitialized) {
      await dataSource.destroy();
    }
  }
}

async function databaseUrl(): Promise<Secret> {
  const config = loadConfig('up');
  const url = config.databaseUrl ?? (await privateUrls(config.paths))?.databaseUrl;
  if (!url) {
    throw new DomainError(
      'DATABASE_UNAVAILABLE',
      `There is no database below ${config.paths.root} yet. Start \`hler up\` first, or set HLER_DATABASE_URL.`,
    );
  }
  return url;
}
