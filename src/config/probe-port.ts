import { once } from 'node:events';
import { createServer } from 'node:net';
import { DomainError } from '../shared/domain-error.js';
import type { PortVariable } from './config.js';
import { errno } from './durable-file.js';

/** 127.0.0.0/8, ::1 and `localhost`. */
export function isLoopback(address: string): boolean {
  return /^127\.|^\[?::1\]?$|^localhost$/.test(address);
}

/**
 * Whether this process could listen on the port at every address now. Holds the port for a moment only.
 * @throws DomainError CONFIG_INVALID when the reason against it is not that it is busy
 */
export async function probePort(port: number, addresses: readonly string[], variable: PortVariable): Promise<boolean> {
  for (const address of addresses) {
    const problem = await listenProblem(port, address);
    if (problem === 'EADDRINUSE') {
      return false;
    }
    if (problem !== undefined) {
      throw cannotListen(problem, port, address, variable);
    }
  }
  return true;
}

async function listenProblem(port: number, address: string): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen({ port, host: hostOf(address), exclusive: true, ipv6Only: address.startsWith('[') });
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return errno(error) ?? 'UNKNOWN';
  } finally {
    if (server.listening) {
      server.close();
      await once(server, 'close');
    }
  }
}

function hostOf(address: string): string {
  return address === '*' ? '0.0.0.0' : address.replace(/^\[(.*)\]$/, '$1');
}

function cannotListen(problem: string, port: number, address: string, variable: PortVariable): DomainError {
  const details = { port, address, variable, errno: problem };
  if (problem === 'EACCES') {
    const message = `${variable} is ${port}, which this user may not listen on: choose a port from 1024 up, or start as root.`;
    return new DomainError('CONFIG_INVALID', message, { details });
  }
  const owner = variable === 'HLER_API_PORT' ? 'HLER_API_HOST' : 'HLER_HTTP_ADDRESSES';
  const message = `${owner} names ${address}, which is not an address of this machine (${problem}): correct it.`;
  return new DomainError('CONFIG_INVALID', message, { details });
}
