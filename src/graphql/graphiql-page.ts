import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * An optional package that holds all of GraphiQL in one page, so that it works without a network. It is large and
 * few start it: it is loaded at the first visit, and kept compressed.
 */
const PACKAGE: string = '@graphql-yoga/render-graphiql';

/** The page may talk to its own host and to nobody else. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval' blob:",
  'worker-src blob:',
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

interface Renderer {
  renderGraphiQL(options: Readonly<Record<string, unknown>>): string;
}

/** A browser that navigates to the endpoint, and not a query by GET. */
export function asksForPage({ method, headers, url }: FastifyRequest): boolean {
  return method === 'GET' && (headers.accept ?? '').includes('text/html') && !url.includes('query=');
}

/** GraphiQL, or 501 with a plain line when its package is not installed. */
export class GraphiqlPage {
  #page: Promise<Buffer | undefined> | undefined;

  async send(reply: FastifyReply): Promise<FastifyReply> {
    this.#page ??= compressedPage();
    const page = await this.#page;
    if (!page) {
      return reply.code(501).type('text/plain; charset=utf-8').send(`GraphiQL needs the package ${PACKAGE}.\n`);
    }
    return reply
      .type('text/html; charset=utf-8')
      .headers({
        'content-encoding': 'gzip',
        'content-security-policy': CONTENT_SECURITY_POLICY,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      })
      .send(page);
  }
}

async function compressedPage(): Promise<Buffer | undefined> {
  const renderer: unknown = await import(PACKAGE).catch(() => undefined);
  if (!isRenderer(renderer)) {
    return undefined;
  }
  const page = renderer.renderGraphiQL({
    title: 'Hlér GraphiQL',
    subscriptionsProtocol: 'WS',
    defaultQuery: '# Add your token under "Headers" below: {"authorization": "Bearer hler_…"}\n',
  });
  return promisify(gzip)(page);
}

function isRenderer(module: unknown): module is Renderer {
  return typeof module === 'object' && module !== null && 'renderGraphiQL' in module;
}
