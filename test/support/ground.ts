import type { ApiClient } from './api-client.js';
import type { Hler } from './hler.js';

/** What most tests begin with: the server, a client and a platform. */
export interface Ground {
  readonly serverId: string;
  readonly clientId: string;
  readonly platformId: string;
}

export async function makeGround(hler: Hler): Promise<Ground> {
  const server = await hler.api.done('registerServer', { name: 'this-machine' });
  const clientId = await createClient(hler.api, 'acme');
  const path = await hler.codeBase('hello');
  const platformId = await createPlatform(hler.api, 'hello', server.subjectId, path);
  return { serverId: server.subjectId, clientId, platformId };
}

export async function createClient(api: ApiClient, name: string): Promise<string> {
  const { client } = await api.mutate<{ client: { id: string } }>('createClient', { name }, 'client { id }');
  return client.id;
}

export const platformInput = (name: string, serverId: string, path: string, clientId: string | null = null) => ({
  name,
  serverId,
  clientId,
  application: 'STATIC',
  source: { type: 'EXISTING_PATH', path },
});

export async function createPlatform(
  api: ApiClient,
  name: string,
  serverId: string,
  path: string,
  clientId: string | null = null,
): Promise<string> {
  return (await api.done('createPlatform', platformInput(name, serverId, path, clientId))).subjectId;
}

/** A served site; gives its id. */
export async function createSite(
  api: ApiClient,
  { clientId, platformId }: Pick<Ground, 'clientId' | 'platformId'>,
  uri: string,
  more: object = {},
): Promise<string> {
  return (await api.done('createSite', { uri, clientId, platformId, ...more })).subjectId;
}

export interface SiteView {
  readonly uri: string;
  readonly status: string;
  readonly https: string;
  readonly httpStatus: number | null;
  readonly aliases: readonly { readonly name: string; readonly redirectTo: string | null; readonly status: string }[];
  readonly coverage: readonly { readonly name: string; readonly state: string }[];
  readonly certificate: { readonly id: string; readonly spki: string; readonly keyType: string } | null;
  readonly servedCertificate: string | null;
}

export async function siteView(api: ApiClient, id: string): Promise<SiteView> {
  const { site } = await api.ask<{ site: SiteView }>(
    `query ($id: ID!) { site(id: $id) { uri status https httpStatus servedCertificate
      aliases { name redirectTo status } coverage { name state } certificate { id spki keyType } } }`,
    { id },
  );
  return site;
}

export const states = (operation: { readonly tasks: readonly { readonly name: string; readonly state: string }[] }) =>
  operation.tasks.map(({ name, state }) => `${name} ${state}`);
