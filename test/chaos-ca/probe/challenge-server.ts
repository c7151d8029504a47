import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Port 80 of the test's world: answers every challenge with `token.thumbprint`, for whichever thumbprint is set. */
export interface ChallengeServer {
  readonly port: number;
  thumbprint: string;
  /** What a path answers instead: a status, and a place to go to or a body. */
  readonly instead: Map<string, { readonly status: number; readonly location?: string; readonly body?: string }>;
  stop(): Promise<void>;
}

const PATH = /^\/\.well-known\/acme-challenge\/([\w-]+)$/;

/** `instead` is asked by host name. */
export async function startChallengeServer(): Promise<ChallengeServer> {
  const instead: ChallengeServer['instead'] = new Map();
  const server = createServer((request, response) => {
    const other = instead.get(request.headers.host ?? '');
    const [, token] = PATH.exec(request.url ?? '') ?? [];
    if (other !== undefined) {
      response.writeHead(other.status, other.location === undefined ? {} : { location: other.location });
      response.end(other.body ?? '');
      return;
    }
    response.writeHead(token === undefined ? 404 : 200, { 'content-type': 'text/plain' });
    response.end(token === undefined ? 'nothing here' : `${token}.${running.thumbprint}\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const running: ChallengeServer = {
    port: (server.address() as AddressInfo).port,
    thumbprint: '',
    instead,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return running;
}
