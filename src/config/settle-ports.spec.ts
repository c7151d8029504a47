import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../test/support/free-ports.js';
import { loadConfig } from './load-config.js';
import { PORT_VARIABLES, type Config } from './config.js';
import { settlePorts } from './settle-ports.js';

let root: string;
const servers: Server[] = [];

async function occupy(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
}

async function release(): Promise<void> {
  await Promise.all(servers.splice(0).map((server) => once(server.close(), 'close')));
}

/** A configuration whose defaults are ports that were free just now; stated ones as named. */
async function aConfig(stated: Config['statedPorts'] = []): Promise<Config> {
  const config = loadConfig('up', { env: { HLER_ROOT: root }, cwd: '/', home: '/', cores: 1 });
  const [api, http, https, backend] = [await freePort(), await freePort(), await freePort(), await freePort()];
  return {
    ...config,
    statedPorts: stated,
    ports: { HLER_API_PORT: api, HLER_HTTP_PORT: http, HLER_HTTPS_PORT: https, HLER_BACKEND_PORT: backend },
  };
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hler-ports-'));
});

afterEach(async () => {
  await release();
  await rm(root, { recursive: true });
});

describe('settlePorts', () => {
  it('takes free defaults and remembers them', async () => {
    const config = await aConfig();
    expect(await settlePorts(config)).toEqual(config);
    const { HLER_BACKEND_PORT: _, ...used } = config.ports;
    expect(JSON.parse(await readFile(join(root, 'state/ports.json'), 'utf8'))).toEqual(used);
  });

  it('takes another port for a busy default, and the same one at the next start', async () => {
    const config = await aConfig();
    await occupy(config.ports.HLER_HTTP_PORT);
    const first = await settlePorts(config);
    expect(first.ports.HLER_HTTP_PORT).toBeGreaterThan(config.ports.HLER_HTTP_PORT);
    expect(new Set(PORT_VARIABLES.map((name) => first.ports[name])).size).toBe(4);
    await release();
    expect((await settlePorts(config)).ports).toEqual(first.ports);
  });

  it('looks for a port behind a TLS front only where there is one', async () => {
    const config = await aConfig();
    await occupy(config.ports.HLER_BACKEND_PORT);
    expect((await settlePorts(config)).ports).toEqual(config.ports);
    const behind = await settlePorts({ ...config, tlsConsumer: 'pound' });
    expect(behind.ports.HLER_BACKEND_PORT).toBeGreaterThan(config.ports.HLER_BACKEND_PORT);
  });

  it('refuses a stated port that is busy', async () => {
    const config = await aConfig(['HLER_API_PORT']);
    const port = config.ports.HLER_API_PORT;
    await occupy(port);
    await expect(settlePorts(config)).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: `Port ${port} (HLER_API_PORT) is in use by another process. Stop that process, or set HLER_API_PORT to another port.`,
      details: { port, variable: 'HLER_API_PORT' },
    });
  });

  it('refuses a remembered port that is busy, unless it is busy with our own server', async () => {
    const config = await aConfig();
    await settlePorts(config);
    await occupy(config.ports.HLER_HTTPS_PORT);
    await expect(settlePorts(config)).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringContaining('remembered from the last start'),
    });
    expect(await settlePorts(config, async (port) => port === config.ports.HLER_HTTPS_PORT)).toEqual(config);
  });

  it('chooses no other port where sites are served to the world', async () => {
    const config = { ...(await aConfig()), httpAddresses: ['*'] };
    await occupy(config.ports.HLER_HTTP_PORT);
    await expect(settlePorts(config)).rejects.toMatchObject({ code: 'PORT_IN_USE' });
  });

  it('names the variable of an address that is not here', async () => {
    await expect(settlePorts({ ...(await aConfig()), httpAddresses: ['192.0.2.1'] })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('HLER_HTTP_ADDRESSES'),
    });
  });

  it('says what to do about a broken ports.json', async () => {
    await settlePorts(await aConfig());
    await writeFile(join(root, 'state/ports.json'), '{"HLER_API_PORT": "x"');
    await expect(settlePorts(await aConfig())).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('Delete it'),
    });
  });
});
