import { request } from 'node:https';
import type { TLSSocket } from 'node:tls';

/** Whether the front page answers 200 over a new TLS connection whose certificate is for this name. */
export function isServed(name: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request(
      {
        host: '127.0.0.1',
        port,
        servername: name,
        headers: { host: `${name}:${port}`, connection: 'close' },
        agent: false,
        // Self-signed: its names are looked at instead.
        rejectUnauthorized: false,
        timeout: 10_000,
      },
      (response) => {
        const certificate = (response.socket as TLSSocket).getPeerX509Certificate();
        const ours = certificate?.checkHost(name, { subject: 'never' }) !== undefined;
        response.resume();
        response.once('end', () => resolve(ours && response.statusCode === 200));
      },
    );
    call.once('timeout', () => call.destroy());
    call.once('error', () => resolve(false));
    call.end();
  });
}

/** @throws Error when it is not so within `withinMs` */
export async function untilServed(name: string, port: number, withinMs = 30_000): Promise<void> {
  const until = performance.now() + withinMs;
  while (!(await isServed(name, port))) {
    if (performance.now() > until) {
      throw new Error(`${name} is not served on port ${port} within ${withinMs} ms.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
