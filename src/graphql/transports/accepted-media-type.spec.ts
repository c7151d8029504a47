import { createHandler } from 'graphql-http';
import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { acceptedMediaType } from './accepted-media-type.js';

describe('acceptedMediaType', () => {
  const handle = createHandler({ schema: buildSchema('type Query { a: Int }') });

  it.each([
    undefined,
    '*/*',
    'application/json',
    'application/graphql-response+json',
    'application/graphql-response+json; charset=utf-8, application/json; charset=utf-8',
    'application/json, application/graphql-response+json',
    'text/html, application/graphql-response+json;q=0.9',
    'Application/GraphQL-Response+JSON',
    'application/graphql-response+json; charset=latin1, application/*',
  ])('is what graphql-http answers in to %s', async (accept) => {
    const body = { query: '{ __typename }' };
    const headers = { 'content-type': 'application/json', ...(accept && { accept }) };
    const [, init] = await handle({ method: 'POST', url: '/', headers, body, raw: null, context: null });
    expect(init.headers?.['content-type']).toBe(`${acceptedMediaType(accept)}; charset=utf-8`);
  });
});
