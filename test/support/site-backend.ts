import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Backend } from '../../src/consumers/index.js';

const CHALLENGE = /^\/\.well-known\/acme-challenge\/([-_A-Za-z0-9]+)$/;

/** A web server of Hlér's behind a TLS front, as far as a front can tell: files, challenges, redirects that it is told. */
export class SiteBackend {
  /** What the last request came with. */
  headers: IncomingHttpHeaders = {};
  /** What its pages come with. */
  adds: OutgoingHttpHeaders = {};

  private constructor(
    private readonly server: Server,
    readonly backend: Backend,
  ) {}

  static async start(root: string, thumbprint = ''): Promise<SiteBackend> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const self = new SiteBackend(server, { address: '127.0.0.1', port, https: null });
    server.on('request', (request, response) => {
      self.headers = request.headers;
      const url = request.url ?? '/';
      const origin = request.headers['x-hler-redirect'];
      const token = CHALLENGE.exec(url)?.[1];
      if (origin !== undefined) {
        response.writeHead(301, { location: `${String(origin)}${url}` }).end();
      } else if (token !== undefined) {
        response.end(`${token}.${thumbprint}`);
      } else {
        const path = new URL(url, 'http://x').pathname;
        readFile(`${root}${path.endsWith('/') ? `${path}index.html` : path}`).then(
          (content) => response.writeHead(200, self.adds).end(content),
          () => response.writeHead(404).end('Not found'),
        );
      }
    });
    return self;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
