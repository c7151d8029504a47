import { Int, Query, Resolver } from '@nestjs/graphql';
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Allow } from '../../src/graphql/index.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { CLIENT, OPERATOR, post, RESPONSE_JSON, startGraphqlApp, type GraphqlTestApp } from '../support/graphql-app.js';

@Resolver()
class CostlyResolver {
  @Allow('site:read')
  @Query(() => Int, { complexity: 4_000 })
  costly(): number {
    return 1;
  }
}

let api: GraphqlTestApp;

beforeAll(async () => {
  api = await startGraphqlApp({}, [CostlyResolver]);
});
afterAll(() => api.app.close());

const ANONYMOUS = { authorization: '' };
const firstError = ({ body }: Awaited<ReturnType<typeof post>>) => body.errors?.[0]?.extensions;

describe('GraphQL over HTTP', () => {
  const audits = serverAudits({
    url: () => api.url,
    fetchFn: (url: string, init: RequestInit = {}) =>
      fetch(url, { ...init, headers: { ...Object.fromEntries(new Headers(init.headers)), authorization: OPERATOR } }),
  });

  it.each(audits)('$id $name', async ({ fn }) => {
    expect(await fn()).toMatchObject({ status: 'ok' });
  });

  it('names the answer after the correlation id of the request, or after one of its own', async () => {
    const given = await post(api, '{ __typename }', { 'x-correlation-id': 'drupal-42.a' });
    const made = await post(api, '{ __typename }', { 'x-correlation-id': 'line break\t' });
    expect(given.headers.get('x-correlation-id')).toBe('drupal-42.a');
    expect(made.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain; application/json',
  ])('takes no %s, which a foreign page could send without asking first', async (type) => {
    const body = JSON.stringify({ query: 'mutation { createSite(input: { name: "x" }) { name } }' });
    const answers = await Promise.all(
      ['application/json', 'text/event-stream'].map((accept) =>
        fetch(api.url, { method: 'POST', body, headers: { 'content-type': type, accept, authorization: OPERATOR } }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([415, type.includes('json') ? 400 : 415]);
  });

  it.each(['application/json', 'text/event-stream'])('refuses a mutation by GET with 405 (%s)', async (accept) => {
    const query = encodeURIComponent('mutation { createSite(input: { name: "x" }) { name } }');
    const response = await fetch(`${api.url}?query=${query}`, { headers: { accept, authorization: OPERATOR } });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'INPUT_INVALID' } }] });
  });

  it('says what to send to somebody who sends something else', async () => {
    expect(await post(api, {})).toMatchObject({
      status: 400,
      body: { errors: [{ message: 'Missing query', extensions: { code: 'INPUT_INVALID' } }] },
    });
  });

  it('refuses a body that is too large in the same form', async () => {
    expect(await post(api, { query: '{ __typename }', extensions: { pad: 'x'.repeat(2 ** 20) } })).toMatchObject({
      status: 413,
      body: { errors: [{ extensions: { code: 'INPUT_INVALID' } }] },
    });
  });

  it('sends a subscription where events can flow', async () => {
    expect(firstError(await post(api, 'subscription { count(to: 1) }'))).toMatchObject({
      code: 'INPUT_INVALID',
      hint: expect.stringContaining('text/event-stream'),
    });
  });
});

describe('refusals before anything is resolved', () => {
  const many = (count: number, text: (index: number) => string): string =>
    Array.from({ length: count }, (_, i) => text(i)).join(' ');
  const limit = (name: string, max: number, actual?: number) => ({
    code: 'GRAPHQL_LIMIT_EXCEEDED',
    details: { limit: name, max, ...(actual && { actual }) },
  });

  it.each([
    ['syntax', '{', { code: 'GRAPHQL_PARSE_FAILED' }],
    ['an unknown field', '{ nothing }', { code: 'GRAPHQL_VALIDATION_FAILED' }],
    [
      'an unnamed choice',
      'query A { whoami } query B { whoami }',
      { code: 'INPUT_INVALID', details: { field: 'operationName' } },
    ],
    ['tokens', `{ ${many(2_000, () => 'whoami')} }`, limit('tokens', 2_000)],
    ['length', `{ whoami } ${'#'.repeat(65_536)}`, limit('documentLength', 65_536, 65_547)],
    ['aliases', `{ sites { ${many(61, (i) => `a${i}: totalCount`)} } }`, limit('aliases', 60, 61)],
    ['root fields', `{ ${many(31, () => 'whoami')} }`, limit('rootFields', 30, 31)],
    ['depth', `{ ${'sites { '.repeat(12)} totalCount ${'}'.repeat(12)} }`, limit('depth', 12, 13)],
  ])('%s', async (_, query, extensions) => {
    const headers = { 'x-correlation-id': 'same-for-both' };
    const strict = await post(api, { query }, { ...headers, ...RESPONSE_JSON });
    expect(strict).toMatchObject({ status: 400, body: { errors: expect.anything() } });
    expect(firstError(strict)).toMatchObject(extensions);
    expect(strict.body).not.toHaveProperty('data');
    expect(await post(api, { query }, headers)).toMatchObject({ status: 200, body: strict.body });
  });

  it('counts what the decorator of a field declares', async () => {
    expect(await post(api, '{ a: costly b: costly }')).toMatchObject({ body: { data: { a: 1, b: 1 } } });
    expect(firstError(await post(api, '{ a: costly b: costly c: costly }'))).toMatchObject({
      details: { limit: 'cost', max: 10_000, actual: 12_000 },
    });
  });

  it('counts what a page size from a variable costs, each time anew', async () => {
    const query = 'query ($n: Int) { sites(first: $n) { edges { node { id } } nodes { id } totalCount } }';
    expect(await post(api, { query, variables: { n: 5 } })).toMatchObject({ status: 200, body: { data: {} } });
    expect(firstError(await post(api, { query, variables: { n: 5_000 } }))).toMatchObject({
      code: 'GRAPHQL_LIMIT_EXCEEDED',
      details: { limit: 'cost', max: 10_000, actual: 15_001 },
    });
  });

  it.each([
    [{ input: { name: 'a', ports: ['x'] } }, 'input.ports.0'],
    [{ input: {} }, 'input'],
    [{ input: { name: 'a', at: 'soon' } }, 'input.at'],
    [{ input: null }, 'input'],
    [{}, 'input'],
  ])('names the place of a variable that does not fit: %j', async (variables, field) => {
    const query = 'mutation ($input: CreateSiteInput!) { createSite(input: $input) { name } }';
    const answer = await post(api, { query, variables }, RESPONSE_JSON);
    expect(answer.status).toBe(400);
    expect(firstError(answer)).toMatchObject({ code: 'INPUT_INVALID', details: { field } });
  });
});

describe('who may ask', () => {
  it.each([
    '{ whoami }',
    '{ nothing }',
    '{ __schema { queryType { name } } }',
    'query ($x: CreateSiteInptu) { __typename }',
    '{ ...F } fragment F on Query { __typename }',
    'mutation { createSite(input: { name: "x" }) { name } }',
  ])('tells somebody without a token only that a token is needed: %s', async (query) => {
    const answers = [await post(api, query, ANONYMOUS), await post(api, query, { ...ANONYMOUS, ...RESPONSE_JSON })];
    for (const answer of answers) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      expect(answer.body).toEqual({
        errors: [expect.objectContaining({ extensions: expect.objectContaining({ code: 'UNAUTHENTICATED' }) })],
      });
    }
  });

  it('answers anybody that it is there', async () => {
    expect(await post(api, '{ __typename }', ANONYMOUS)).toMatchObject({
      status: 200,
      body: { data: { __typename: 'Query' } },
    });
  });

  it('refuses a role that lacks the permission, and names it', async () => {
    expect(firstError(await post(api, '{ servers }', { authorization: CLIENT }))).toMatchObject({
      code: 'FORBIDDEN',
      details: { permission: 'server:read' },
    });
    expect((await post(api, '{ servers }')).body).toEqual({ data: { servers: 'for operators' } });
  });

  it('passes the actor to the resolver', async () => {
    expect((await post(api, '{ whoami }', { authorization: CLIENT })).body).toEqual({ data: { whoami: 'drupal' } });
  });

  it('answers 503 when it cannot be decided who asks', async () => {
    api.authenticator.failure = new DomainError('DATABASE_UNAVAILABLE', 'MariaDB does not answer.');
    const answer = await post(api, '{ whoami }');
    api.authenticator.failure = undefined;
    expect([answer.status, firstError(answer)?.['code']]).toEqual([503, 'DATABASE_UNAVAILABLE']);
  });
});

describe('errors of resolvers', () => {
  it('shows what the caller can act on', async () => {
    expect((await post(api, '{ fail(how: "known") }')).body).toMatchObject({
      data: { fail: null },
      errors: [
        {
          message: 'There is no such site.',
          path: ['fail'],
          extensions: {
            code: 'SITE_NOT_FOUND',
            details: { siteId: '1' },
            hint: expect.any(String),
            retry: { policy: 'NEVER' },
          },
        },
      ],
    });
  });

  it('hides a defect behind the correlation id', async () => {
    const answer = await post(api, '{ fail(how: "unknown") }', { 'x-correlation-id': 'request-1' });
    expect(JSON.stringify(answer.body)).not.toContain('hunter2');
    expect(firstError(answer)).toMatchObject({ code: 'INTERNAL', details: { correlationId: 'request-1' } });
  });
});

describe('types, pages and nodes', () => {
  it('keeps schema defaults in variables, however often the document came', async () => {
    const query = 'mutation ($input: CreateSiteInput!) { createSite(input: $input) { name ports details } }';
    const variables = { input: { name: 'a', at: '2026-01-31T11:30:00+02:00' } };
    const expected = { data: { createSite: { name: 'a', ports: [80], details: { at: '2026-01-31T09:30:00.000Z' } } } };
    expect((await post(api, { query, variables })).body).toEqual(expected);
    expect((await post(api, { query, variables })).body).toEqual(expected);
  });

  it('walks a list by cursors, loads in batches, and counts only when asked', async () => {
    const countedBefore = api.store.counted;
    const query = `query ($after: String) { sites(first: 12, after: $after) {
      edges { cursor node { name upperName createdAt diskFreeBytes } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`;
    const one = await post(api, { query });
    const [first] = [one.body.data as { sites: { edges: { node: unknown }[]; pageInfo: { endCursor: string } } }];
    expect(first?.sites.edges[0]?.node).toEqual({
      name: 'site1',
      upperName: 'SITE1',
      createdAt: '2026-01-31T09:30:00.000Z',
      diskFreeBytes: 5_000_000_000,
    });
    const two = await post(api, { query, variables: { after: first?.sites.pageInfo.endCursor } });
    expect(two.body.data).toMatchObject({ sites: { pageInfo: { hasNextPage: false, hasPreviousPage: true } } });
    expect(api.store.batches.map(({ length }) => length)).toEqual([12, 8]);
    expect(api.store.counted).toBe(countedBefore);
    const counted = await post(api, '{ sites { totalCount } }');
    expect(counted.body).toEqual({ data: { sites: { totalCount: countedBefore + 1 } } });
  });

  it('refuses page sizes and cursors that are none', async () => {
    expect(firstError(await post(api, '{ sites(first: 101) { totalCount } }'))).toMatchObject({
      code: 'INPUT_INVALID',
      details: { field: 'first', max: 100 },
    });
    expect(firstError(await post(api, '{ sites(after: "x") { totalCount } }'))).toMatchObject({
      code: 'CURSOR_INVALID',
    });
  });

  it('finds a node by its id alone, unless the token may not see it', async () => {
    const id = api.store.sites[3]?.id;
    const query = 'query ($id: ID!) { node(id: $id) { __typename id ... on Site { name } } }';
    const found = { data: { node: { __typename: 'Site', id, name: 'site4' } } };
    expect((await post(api, { query, variables: { id } })).body).toEqual(found);
    expect((await post(api, { query, variables: { id } }, { authorization: CLIENT })).body).toEqual({
      data: { node: null },
    });
    expect(firstError(await post(api, { query, variables: { id: '1' } }))).toMatchObject({ code: 'ID_INVALID' });
  });
});
