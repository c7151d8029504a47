import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A web server as the consumers are: files of challenges first, then the stateless line with one thumbprint. */
export interface ChallengeResponder {
  readonly port: number;
  thumbprint: string;
  /** Hosts that answer with a page of their own. */
  readonly elsewhere: Set<string>;
  readonly asked: string[];
  stop(): Promise<void>;
}

/** `port`: 0 for any free one. */
export async function startChallengeResponder(
  port: number,
  challenges: string,
  address = '127.0.0.1',
): Promise<ChallengeResponder> {
  const responder = { port, thumbprint: '', elsewhere: new Set<string>(), asked: [] as string[] };
  const server = createServer((request, response) => {
    const token = /^\/\.well-known\/acme-challenge\/([A-Za-z0-9_-]+)$/.exec(request.url ?? '')?.[1];
    const host = (request.headers.host ?? '').split(':')[0] ?? '';
    responder.asked.push(`${host} ${token ?? ''}`);
    if (token === undefined || responder.elsewhere.has(host)) {
      response.writeHead(404).end('<html>Somebody else</html>');
      return;
    }
    readFile(join(challenges, token), 'utf8')
      .catch(() => `${token}.${responder.thumbprint}`)
      .then((answer) => response.end(answer))
      .catch(() => response.destroy());
  }).listen(port, address);
  await once(server, 'listening');
  responder.port = (server.address() as AddressInfo).port;
  return Object.assign(responder, {
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}
