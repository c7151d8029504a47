import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { describe, expect, it } from 'vitest';
import { parseDatabaseUrl, parseRedisUrl } from '../../src/config/index.js';
import { identify } from '../../src/private-services/process-table.js';
import { startTestMariadb } from '../support/private-mariadb.js';
import { startTestRedis } from '../support/private-redis.js';

describe('the servers that tests get', () => {
  it('give each test a database of its own, and leave nothing', async () => {
    const mariadb = await startTestMariadb();
    const pid = mariadb.pid ?? 0;
    const urls = [mariadb.url, await mariadb.createDatabase(), await mariadb.createDatabase()];
    expect(urls.map((url) => parseDatabaseUrl(url)?.database)).toEqual(['hler', 'hler_1', 'hler_2']);
    for (const url of urls) {
      const connection = await createConnection(url.reveal());
      await connection.query('CREATE TABLE own (id INT)');
      await connection.end();
    }
    await mariadb.stop();
    expect(await identify(pid)).toBeUndefined();
  });

  it('give each test a Redis of its own, and leave nothing', async () => {
    const server = await startTestRedis();
    const pid = server.pid ?? 0;
    expect(parseRedisUrl(server.url)).toMatchObject({ username: 'hler', db: 0 });
    const redis = new Redis(server.url.reveal());
    expect(await redis.dbsize()).toBe(0);
    redis.disconnect();
    await server.stop();
    expect(await identify(pid)).toBeUndefined();
  });
});
