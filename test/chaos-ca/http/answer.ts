import { AcmeProblem } from '../problem.js';
import { retryAfterValue } from '../faults.js';
import type { RequestLimits } from '../request-limits.js';
import type { CaState } from '../state.js';
import { authenticate } from './authenticate.js';
import { notFound } from './payload.js';
import type { Reply } from './request.js';
import { findRoute, type Route } from './routes.js';

export interface Incoming {
  readonly method: string;
  readonly path: string;
  readonly contentType: string | undefined;
  readonly body: string;
  readonly address: string;
}

/** What a request is answered with, as long as the connection is in order. Never throws. */
export async function answer(ca: CaState, limits: RequestLimits | undefined, incoming: Incoming): Promise<Reply> {
  try {
    return withNonce(ca, incoming.method, await dispatch(ca, limits, incoming));
  } catch (error) {
    const problem = error instanceof AcmeProblem ? error : new AcmeProblem('serverInternal', String(error));
    return withNonce(ca, incoming.method, problemReply(problem));
  }
}

async function dispatch(ca: CaState, limits: RequestLimits | undefined, incoming: Incoming): Promise<Reply> {
  const found = findRoute(incoming.path);
  if (found === undefined) {
    throw notFound('Page');
  }
  const { route, parameters } = found;
  requireMethod(route, incoming.method);
  const waitMs = limits?.request(route.operation, incoming.address);
  if (waitMs !== undefined) {
    const retryAfter = String(Math.ceil(waitMs / 1_000));
    throw new AcmeProblem('rateLimited', 'Service busy; retry later.', { status: 503, retryAfter });
  }
  const faulty = injectedReply(ca, route.operation);
  if (faulty !== undefined) {
    return faulty;
  }
  const url = `${ca.baseUrl}${incoming.path}`;
  const { operation } = route;
  const signed = route.signed && (await authenticate(ca, { ...incoming, url, operation }, route.signed));
  if (signed?.account !== undefined && ca.faults.take('userActionRequired', { operation })) {
    const { termsOfService } = ca.options;
    throw new AcmeProblem('userActionRequired', 'Terms of service have changed', {
      links: [`<${termsOfService}>;rel="terms-of-service"`],
      members: { instance: termsOfService },
    });
  }
  return route.handle(ca, { ...incoming, operation, url, parameters, signed });
}

function requireMethod({ signed }: Route, method: string): void {
  const allowed = signed === undefined ? ['GET', 'HEAD'] : ['POST'];
  if (!allowed.includes(method)) {
    throw new AcmeProblem('malformed', 'Method not allowed', { status: 405 });
  }
}

/** Before anything is looked at: the load balancer's kind of trouble. */
function injectedReply({ faults, clock }: CaState, operation: string): Reply | undefined {
  const limited = faults.take('rateLimited', { operation });
  if (limited !== undefined) {
    const retryAfter = retryAfterValue(limited.retryAfter ?? 'SECONDS', clock.now());
    throw new AcmeProblem('rateLimited', 'too many requests', retryAfter === undefined ? {} : { retryAfter });
  }
  const broken = faults.take('serverError', { operation });
  if (broken === undefined) {
    return undefined;
  }
  const status = broken.status ?? 500;
  const retryAfter = broken.retryAfter && retryAfterValue(broken.retryAfter, clock.now());
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  if (broken.body === 'EMPTY_OBJECT') {
    return { status, headers, body: {} };
  }
  if (broken.body === 'HTML') {
    return { status, headers, text: { type: 'text/html', value: '<html><h1>Bad gateway</h1></html>' } };
  }
  throw new AcmeProblem('serverInternal', 'The service is down for maintenance', {
    status,
    ...(retryAfter !== undefined && { retryAfter }),
  });
}

function problemReply(problem: AcmeProblem): Reply {
  const { retryAfter, links = [] } = problem.extras;
  return {
    status: problem.status,
    headers: { ...(retryAfter !== undefined && { 'retry-after': retryAfter }), link: links },
    text: { type: 'application/problem+json', value: JSON.stringify(problem.document()) },
  };
}

/** RFC 8555 §6.5 and §7.1: a nonce with everything but a GET of something else, and the way to the directory. The date is the clock's. */
function withNonce(ca: CaState, method: string, reply: Reply): Reply {
  const isNonce = method === 'POST' || reply.headers?.['cache-control'] === 'no-store';
  const links = [...[reply.headers?.link ?? []].flat(), `<${ca.baseUrl}/directory>;rel="index"`];
  return {
    ...reply,
    headers: {
      'cache-control': 'public, max-age=0, no-cache',
      date: ca.clock.now().toUTCString(),
      ...reply.headers,
      link: links,
      ...(isNonce && { 'replay-nonce': ca.nonces.make() }),
    },
  };
}
