import { request } from 'node:https';

export interface Served {
  readonly status: number;
  /** From the start of the connection to the last byte of the answer. */
  readonly ms: number;
}

/**
 * Asks for the front page of a site over a new TLS connection to `address`, trusting `certificate` and nothing else.
 * Rejects when the handshake fails: wrong name, wrong certificate, nobody there.
 */
export function getOverHttps(host: string, address: string, port: number, certificate: string): Promise<Served> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: address,
        port,
        servername: host,
        headers: { host: `${host}:${port}` },
        ca: certificate,
        agent: false,
        timeout: 10_000,
      },
      (response) => {
        response.resume();
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, ms: Math.round(performance.now() - started) }),
        );
      },
    );
    call.on('timeout', () => call.destroy(new Error('no answer within 10 s')));
    call.on('error', reject);
    call.end();
  });
}
