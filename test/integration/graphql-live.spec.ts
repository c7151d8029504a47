import { once } from 'node:events';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient, type Client } from 'graphql-ws';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { DomainError } from '../../src/shared/domain-error.js';
import { CLIENT, OPERATOR, startGraphqlApp, type GraphqlTestApp } from '../support/graphql-app.js';

let api: GraphqlTestApp;
const clients: { dispose(): unknown }[] = [];

beforeEach(async () => {
  api = await startGraphqlApp({ limits: { subscriptions: 2 } });
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.dispose()));
  await api.app.close();
});

const wsUrl = (): string => api.url.replace('http', 'ws');

function overWebSocket(connectionParams: Record<string, unknown> = { authorization: OPERATOR }): Client {
  const client = createWsClient({ url: wsUrl(), webSocketImpl: WebSocket, connectionParams, retryAttempts: 0 });
  clients.push(client);
  return client;
}

function overSse(authorization: string = OPERATOR) {
  const client = createSseClient({ url: api.url, headers: { authorization }, retryAttempts: 0 });
  clients.push(client);
  return client;
}

async function eventually(check: () => void): Promise<void> {
  for (const deadline = Date.now() + 5_000; ;) {
    try {
      return check();
    } catch (error) {
      if (Date.now() > deadline) {
        throw error;
      }
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
}

type Results = AsyncIterableIterator<{ data?: unknown; errors?: readonly unknown[] | undefined }>;
const TRANSPORTS: [
  string,
  () => { iterate(payload: { query: string; variables?: Record<string, unknown> }): Results },
][] = [
  ['WebSocket', overWebSocket],
  ['server-sent events', overSse],
];

describe.each(TRANSPORTS)('a subscription over %s', (_, connect) => {
  it('brings events, and ends its source when the caller leaves in a quiet time', async () => {
    const events = connect().iterate({ query: 'subscription { count(to: 2) }' });
    expect(await events.next()).toMatchObject({ value: { data: { count: 1 } } });
    expect(await events.next()).toMatchObject({ value: { data: { count: 2 } } });
    expect(api.store.running).toBe(1);
    await events.return?.();
    await eventually(() => expect([api.store.running, api.store.ended]).toEqual([0, 1]));
  });

  it('ends its source when the API stops', async () => {
    const events = connect().iterate({ query: 'subscription { count(to: 1) }' });
    await events.next();
    const last = events.next().catch(() => undefined);
    const started = Date.now();
    await api.app.close();
    await last;
    expect([api.store.running, Date.now() - started < 3_000]).toEqual([0, true]);
  });

  it('ends with a translated error when its source breaks', async () => {
    const events = connect().iterate({ query: 'subscription { breaks }' });
    expect(await events.next()).toMatchObject({ value: { data: { breaks: 1 } } });
    const { value } = await events.next();
    expect(value).toMatchObject({
      errors: [{ extensions: { code: 'INTERNAL', details: { correlationId: expect.any(String) } } }],
    });
    expect(JSON.stringify(value)).not.toContain('hunter2');
    expect((await events.next()).done).toBe(true);
  });

  it('carries queries and mutations as well', async () => {
    const query = 'mutation ($input: CreateSiteInput!) { createSite(input: $input) { name } }';
    const results = connect().iterate({ query, variables: { input: { name: 'a' } } });
    expect(await results.next()).toMatchObject({ value: { data: { createSite: { name: 'a' } } } });
  });
});

describe('over WebSocket', () => {
  async function failureOf(query: string, client = overWebSocket()): Promise<unknown> {
    try {
      const { value } = await client.iterate({ query }).next();
      return value;
    } catch (error) {
      return error;
    }
  }

  it.each([
    ['{', 'GRAPHQL_PARSE_FAILED'],
    ['subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['query ($n: Int!) { sites(first: $n) { totalCount } }', 'INPUT_INVALID'],
  ])('refuses %s with %s', async (query, code) => {
    expect(await failureOf(query)).toMatchObject([{ extensions: { code } }]);
  });

  it('refuses a role that lacks the permission', async () => {
    expect(await failureOf('{ servers }', overWebSocket({ Authorization: CLIENT }))).toMatchObject({
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    });
  });

  it.each([{}, { authorization: 'Bearer other' }, { authorization: 1 }])('closes with 4401 on %j', async (params) => {
    expect(await failureOf('{ whoami }', overWebSocket(params))).toMatchObject({ code: 4401 });
  });

  it('closes with 1013 when it cannot be decided who asks', async () => {
    api.authenticator.failure = new DomainError('DATABASE_UNAVAILABLE', 'MariaDB does not answer.');
    expect(await failureOf('{ whoami }')).toMatchObject({ code: 1013, reason: 'MariaDB does not answer.' });
  });

  it('takes the token of the upgrade where the parameters have none', async () => {
    const socket = new WebSocket(wsUrl(), 'graphql-transport-ws', { headers: { authorization: OPERATOR } });
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    const [message] = await once(socket, 'message');
    expect(JSON.parse(String(message))).toEqual({ type: 'connection_ack' });
    socket.close();
    await once(socket, 'close');
  });

  it('asks again who it is for every operation, so that a revoked token ends', async () => {
    const client = createWsClient({
      url: wsUrl(),
      webSocketImpl: WebSocket,
      connectionParams: { authorization: OPERATOR },
      lazy: false,
    });
    clients.push(client);
    expect(await failureOf('{ whoami }', client)).toMatchObject({ data: { whoami: 'ops' } });
    api.authenticator.actors.delete(OPERATOR);
    expect(await failureOf('{ whoami }', client)).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('keeps the number of operations on one connection', async () => {
    const client = overWebSocket();
    const open = [1, 2].map(() => client.iterate({ query: 'subscription { count(to: 1) }' }));
    await Promise.all(open.map((events) => events.next()));
    expect(await failureOf('subscription { count(to: 1) }', client)).toMatchObject([
      { extensions: { code: 'GRAPHQL_LIMIT_EXCEEDED', details: { limit: 'subscriptions', max: 2 } } },
    ]);
    await open[0]?.return?.();
    await eventually(() => expect(api.store.running).toBe(1));
    expect(await failureOf('subscription { count(to: 1) }', client)).toMatchObject({ data: { count: 1 } });
  });

  it('keeps the number of subscriptions of one token over all connections and transports', async () => {
    const open = [overWebSocket(), overSse()].map((client) =>
      client.iterate({ query: 'subscription { count(to: 1) }' }),
    );
    await Promise.all(open.map((events) => events.next()));
    const refused = [{ extensions: { details: { limit: 'subscriptions', max: 2 } } }];
    expect(await failureOf('subscription { count(to: 1) }')).toMatchObject(refused);
    expect(await failureOf('{ whoami }')).toMatchObject({ data: { whoami: 'ops' } });
    await open[0]?.return?.();
    await eventually(() => expect(api.store.running).toBe(1));
    expect(await failureOf('subscription { count(to: 1) }')).toMatchObject({ data: { count: 1 } });
  });

  it('speaks no other protocol and at no other path', async () => {
    const other = new WebSocket(wsUrl(), 'graphql-ws');
    const [refused] = await once(other, 'error');
    const elsewhere = new WebSocket(wsUrl().replace('/graphql', '/elsewhere'), 'graphql-transport-ws');
    const [error] = await once(elsewhere, 'error');
    expect([String(refused), String(error)]).toEqual([
      expect.stringContaining('no subprotocol'),
      expect.stringContaining('404'),
    ]);
  });

  it('closes on a message that is too large, and lets nobody fill the log', async () => {
    const printed = vi.spyOn(console, 'error');
    const socket = new WebSocket(wsUrl(), 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send('x'.repeat(2 ** 20 + 1));
    const [code] = await once(socket, 'close');
    expect([code, printed.mock.calls]).toEqual([1009, []]);
    printed.mockRestore();
  });

  it('cuts a connection that does not answer its pings', async () => {
    const quick = await startGraphqlApp({ keepAliveMs: 50 });
    const socket = new WebSocket(quick.url.replace('http', 'ws'), 'graphql-transport-ws', { autoPong: false });
    await once(socket, 'ping');
    const [code] = await once(socket, 'close');
    await quick.app.close();
    expect(code).toBe(1006);
  });
});

describe('over server-sent events', () => {
  const stream = (query: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
    fetch(`${api.url}?query=${encodeURIComponent(query)}`, {
      ...init,
      headers: { accept: 'text/event-stream', authorization: OPERATOR, ...headers },
    });

  it('works for a plain EventSource: by GET, uncached, unbuffered, with a comment ahead', async () => {
    const leave = new AbortController();
    const response = await stream(
      'subscription { count(to: 1) }',
      { accept: 'text/event-stream, */*' },
      { signal: leave.signal },
    );
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
      'x-correlation-id': expect.any(String),
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const read = await reader?.read();
    const text = read?.value?.includes('next') ? read.value : `${read?.value}${(await reader?.read())?.value}`;
    expect(text).toBe(':\n\nevent: next\ndata: {"data":{"count":1}}\n\n');
    leave.abort();
    await eventually(() => expect(api.store.running).toBe(0));
  });

  it('sends refusals as events, as EventSource can read nothing else', async () => {
    const text = await (await stream('{ nothing }')).text();
    expect(text).toContain('event: next\ndata: {"errors":[{"message":"Cannot query field');
    expect(text).toContain('"code":"GRAPHQL_VALIDATION_FAILED"');
    expect(text).toContain('event: complete');
  });

  it('answers 401 without a token', async () => {
    const response = await stream('subscription { count(to: 1) }', { authorization: '' });
    expect([response.status, await response.json()]).toMatchObject([
      401,
      { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    ]);
  });

  it('keeps the number of streams of one token, and gives places back', async () => {
    const leave = new AbortController();
    await Promise.all([1, 2].map(() => stream('subscription { count(to: 1) }', {}, { signal: leave.signal })));
    expect(await (await stream('subscription { count(to: 1) }')).text()).toContain('"limit":"subscriptions"');
    const other = new AbortController();
    expect(
      (await stream('subscription { count(to: 1) }', { authorization: CLIENT }, { signal: other.signal })).status,
    ).toBe(200);
    leave.abort();
    other.abort();
    await eventually(() => expect(api.store.running).toBe(0));
    expect(await (await stream('{ whoami }')).text()).toContain('"whoami":"ops"');
  });

  it.each(['PUT', 'DELETE'])('has no reservations (%s)', async (method) => {
    expect((await stream('', {}, { method })).status).toBeGreaterThanOrEqual(400);
  });
});
