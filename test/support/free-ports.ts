import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ListenOptions, type Server } from 'node:net';

/** Below those that the kernel gives to whoever names none (ip_local_port_range), so that no connection takes one meanwhile. */
const [FIRST, END] = [10_240, 32_768];

/**
 * TCP ports that nothing listens on, each another one, and that no other process is given by this as long as this one lives:
 * most are used by servers that are started later, and beside other tests.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = randomInt(FIRST, END);
    if ((await isClaimed(port)) && (await isFree(port))) {
      ports.push(port);
    }
  }
  return ports;
}

export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

/** A name in the kernel, which takes it back from a process that has ended, however that was. */
async function isClaimed(port: number): Promise<boolean> {
  const claim = await listening({ path: `\0hler-test-port-${port}` });
  claim?.unref();
  return claim !== undefined;
}

async function isFree(port: number): Promise<boolean> {
  const server = await listening({ port, host: '0.0.0.0', exclusive: true });
  if (server !== undefined) {
    await once(server.close(), 'close');
  }
  return server !== undefined;
}

/** Undefined when somebody else does. */
async function listening(options: ListenOptions): Promise<Server | undefined> {
  const server = createServer().listen(options);
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      return undefined;
    }
    throw error;
  }
}
