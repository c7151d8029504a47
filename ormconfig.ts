import 'reflect-metadata';
import { loadConfig } from './src/config/index.js';
import { createDataSource } from './src/database/data-source.js';
import { ENTITIES } from './src/entities.js';
import { privateUrls } from './src/private-services/index.js';
import { DomainError } from './src/shared/domain-error.js';

const config = loadConfig('up');
const url = config.databaseUrl ?? (await privateUrls(config.paths))?.databaseUrl;
if (!url) {
  throw new DomainError('CONFIG_INVALID', 'Set HLER_DATABASE_URL, or start `hler up` first.');
}

/** For TypeORM's own command line: `npx typeorm migration:show -d dist/ormconfig.js`. */
export default createDataSource(url, ENTITIES, 1);
