import { ModulesContainer } from '@nestjs/core';
import { Mutation, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { describe, expect, it } from 'vitest';
import { Allow, undeclaredResolvers } from '../../src/graphql/index.js';
import { post, startGraphqlApp } from '../support/graphql-app.js';

@Resolver()
class ForgetfulResolver {
  @Query(() => String)
  open(): string {
    return 'anybody';
  }

  @Mutation(() => String, { name: 'drop' })
  dropEverything(): string {
    return 'gone';
  }

  @Allow('site:read')
  @Query(() => String)
  closed(): string {
    return 'some';
  }

  @ResolveField(() => String)
  inherits(): string {
    return 'whoever got the parent';
  }

  helper(): string {
    return 'not a resolver';
  }
}

describe('permissions', () => {
  it('keep an API from starting while a query or mutation declares none', async () => {
    await expect(startGraphqlApp({}, [ForgetfulResolver])).rejects.toThrow(
      'No permission is declared for ForgetfulResolver.dropEverything, ForgetfulResolver.open: add @Allow(…).',
    );
  });

  it('are declared by every resolver of an API that starts', async () => {
    const { app } = await startGraphqlApp();
    expect(undeclaredResolvers(app.get(ModulesContainer))).toEqual([]);
    await app.close();
  });

  it('let everybody read the schema only where that is asked for', async () => {
    const api = await startGraphqlApp({ openIntrospection: true });
    const anonymous = { authorization: '' };
    expect(await post(api, '{ __schema { queryType { name } } }', anonymous)).toMatchObject({
      status: 200,
      body: { data: { __schema: { queryType: { name: 'Query' } } } },
    });
    expect((await post(api, '{ whoami }', anonymous)).status).toBe(401);
    await api.app.close();
  });
});

const renderer: string = '@graphql-yoga/render-graphiql';
const installed = await import(renderer).then(
  () => true,
  () => false,
);

describe('GraphiQL', () => {
  const page = { headers: { accept: 'text/html,application/xhtml+xml' } };

  it.runIf(installed)('is there for a browser when asked for, whole and without a network', async () => {
    const api = await startGraphqlApp({ graphiql: true });
    const response = await fetch(api.url, page);
    const text = await response.text();
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
    expect(text).toContain('YogaGraphiQL.renderYogaGraphiQL');
    expect(text.match(/<(?:script|link)[^>]+(?:src|href)="http[^"]*"/g)).toBeNull();
    await api.app.close();
  });

  it.skipIf(installed)('says which package is missing', async () => {
    const api = await startGraphqlApp({ graphiql: true });
    const response = await fetch(api.url, page);
    expect([response.status, await response.text()]).toEqual([
      501,
      'GraphiQL needs the package @graphql-yoga/render-graphiql.\n',
    ]);
    await api.app.close();
  });

  it('leaves queries by GET alone', async () => {
    const api = await startGraphqlApp({ graphiql: true });
    expect((await fetch(`${api.url}?query={__typename}`, page)).status).toBe(406);
    expect((await fetch(`${api.url}?query={__typename}`)).status).toBe(200);
    await api.app.close();
  });

  it('is not there otherwise', async () => {
    const api = await startGraphqlApp();
    expect((await fetch(api.url, page)).status).toBe(406);
    await api.app.close();
  });
});
