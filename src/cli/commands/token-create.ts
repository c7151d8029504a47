import { TypeormClientStore } from '../../clients/adapters/typeorm-client-store.js';
import { TypeormTokenStore } from '../../clients/adapters/typeorm-token-store.js';
import { CreateToken, type CreateTokenInput } from '../../clients/application/create-token.js';
import { loadConfig } from '../../config/index.js';
import { createDataSource } from '../../database/data-source.js';
import { DatabaseSession } from '../../database/database-session.js';
import { toDatabaseUnavailable } from '../../database/database-error.js';
import { ENTITIES } from '../../entities.js';
import { privateUrls } from '../../private-services/index.js';
import { SystemClock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import type { Secret } from '../../shared/secret.js';

export interface TokenCreateOptions {
  readonly label: string;
  readonly operator?: boolean;
  readonly client?: string;
  readonly expires?: string;
}

/** `hler token create`: prints the token, once. */
export async function runTokenCreate({ label, operator, client, expires }: TokenCreateOptions): Promise<void> {
  if ((operator === true) === (client !== undefined)) {
    throw new DomainError('INPUT_INVALID', 'Say whose token it is: --operator, or --client with a machine name.');
  }
  const token = await createToken({
    label,
    ...(client !== undefined && { client }),
    ...(expires !== undefined && { expiresAt: parseDate(expires) }),
  });
  process.stdout.write(`${token.reveal()}\n`);
}

/** Makes a token where the database can be reached. @throws DomainError DATABASE_UNAVAILABLE */
export async function createToken(input: CreateTokenInput): Promise<Secret> {
  const dataSource = createDataSource(await databaseUrl(), ENTITIES, 1);
  try {
    await dataSource.initialize();
    const session = new DatabaseSession(dataSource);
    const create = new CreateToken(new TypeormTokenStore(session), new TypeormClientStore(session), new SystemClock());
    return await create.execute(input);
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

function parseDate(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) {
    throw new DomainError('INPUT_INVALID', `"${text}" is not a date; write 2027-01-31 or 2027-01-31T12:00:00Z.`);
  }
  return date;
}
