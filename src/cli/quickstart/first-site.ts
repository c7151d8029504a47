import { DomainError } from '../../shared/domain-error.js';
import { isErrorCode } from '../../shared/error-catalogue.js';
import type { GraphqlClient } from '../graphql-client.js';

/** What the quick start makes; the names resolve to this machine everywhere (RFC 6761 §6.3). */
export const FIRST_SITE = {
  server: 'this-machine',
  client: 'first-client',
  platform: 'hello',
  uri: 'hello.localhost',
  redirecting: 'www.hello.localhost',
  alias: 'also.hello.localhost',
} as const;

export type Say = (line: string) => void;

interface Named {
  readonly id: string;
  readonly name: string;
}

interface Site {
  readonly id: string;
  readonly status: string;
  readonly https: string;
}

/** The main job with real input, or what is left of it to do: a second start finds its state. Returns the site's id. */
export async function makeFirstSite(api: GraphqlClient, platformPath: string, say: Say): Promise<string> {
  const serverId = await ensureServer(api, say);
  const clientId = await ensureClient(api, say);
  const platformId = await ensurePlatform(api, serverId, platformPath, say);
  const known = await findSite(api);
  const siteId = known?.id ?? (await createSite(api, { platformId, clientId }, say));
  if (known?.status === 'ENABLED' && known.https === 'REQUIRED') {
    await work(api, 'verifySite', 'VerifySiteInput', { siteId }, say);
  } else {
    await work(api, 'issueCertificate', 'IssueCertificateInput', { siteId }, say);
    await work(api, 'setHttps', 'SetHttpsInput', { siteId, https: 'REQUIRED' }, say);
  }
  return siteId;
}

async function findSite(api: GraphqlClient): Promise<Site | undefined> {
  const { sites } = await api.ask<{ sites: { nodes: readonly Site[] } }>(
    `query ($uri: String!) { sites(uri: $uri, last: 1) { nodes { id status https } } }`,
    { uri: FIRST_SITE.uri },
  );
  return sites.nodes.find(({ status }) => status !== 'DELETED');
}

async function ensureServer(api: GraphqlClient, say: Say): Promise<string> {
  const { servers } = await api.ask<{ servers: { nodes: readonly Named[] } }>(`{ servers { nodes { id name } } }`);
  const [known] = servers.nodes;
  return known?.id ?? idOf(await work(api, 'registerServer', 'RegisterServerInput', { name: FIRST_SITE.server }, say));
}

async function ensureClient(api: GraphqlClient, say: Say): Promise<string> {
  const { clients } = await api.ask<{ clients: { nodes: readonly Named[] } }>(
    `{ clients(first: 100) { nodes { id name } } }`,
  );
  const known = clients.nodes.find(({ name }) => name === FIRST_SITE.client);
  if (known) {
    return known.id;
  }
  const { createClient } = await api.ask<{ createClient: { client: Named } }>(
    `mutation ($name: String!) { createClient(input: { name: $name, label: "First client" }) { client { id name } } }`,
    { name: FIRST_SITE.client },
  );
  say(`client ${FIRST_SITE.client}`);
  say(`  ${'created'.padEnd(24)} ${createClient.client.id}`);
  return createClient.client.id;
}

async function ensurePlatform(api: GraphqlClient, serverId: string, path: string, say: Say): Promise<string> {
  const { platforms } = await api.ask<{ platforms: { nodes: readonly Named[] } }>(
    `{ platforms(first: 100) { nodes { id name } } }`,
  );
  const known = platforms.nodes.find(({ name }) => name === FIRST_SITE.platform);
  const source = { type: 'EXISTING_PATH', path };
  const input = { name: FIRST_SITE.platform, serverId, application: 'STATIC', source };
  return known?.id ?? idOf(await work(api, 'createPlatform', 'CreatePlatformInput', input, say));
}

async function createSite(
  api: GraphqlClient,
  owner: { readonly platformId: string; readonly clientId: string },
  say: Say,
): Promise<string> {
  const aliases = [{ name: FIRST_SITE.redirecting, redirect: true }, { name: FIRST_SITE.alias }];
  return idOf(await work(api, 'createSite', 'CreateSiteInput', { uri: FIRST_SITE.uri, aliases, ...owner }, say));
}

interface Operation {
  readonly id: string;
  readonly kind: string;
  readonly subjectId: string;
  readonly subjectLabel: string;
}

const idOf = (operation: Operation): string => operation.subjectId;

interface Event {
  readonly type: string;
  readonly status: string;
  readonly task: string | null;
  readonly message: string | null;
}

interface Failure {
  readonly code: string;
  readonly summary: string;
  readonly hint: string;
}

/** Calls a mutation that starts work, and says what the work does while it does it. @throws DomainError with the code of its failure */
async function work(
  api: GraphqlClient,
  mutation: string,
  inputType: string,
  input: object,
  say: Say,
): Promise<Operation> {
  const answer = await api.ask<Record<string, { operation: Operation }>>(
    `mutation ($input: ${inputType}!) { ${mutation}(input: $input) { operation { id kind subjectId subjectLabel } } }`,
    { input },
  );
  const { operation } = answer[mutation]!;
  say(`${operation.kind} ${operation.subjectLabel}`);
  const history = `subscription ($id: ID!) { operationEvents(operationId: $id) { type status task message } }`;
  for await (const { operationEvents } of api.subscribe<{ operationEvents: Event }>(history, { id: operation.id })) {
    sayEvent(operationEvents, say);
  }
  await mustHaveSucceeded(api, operation.id);
  return operation;
}

async function mustHaveSucceeded(api: GraphqlClient, id: string): Promise<void> {
  const { operation } = await api.ask<{ operation: { failure: Failure | null } }>(
    `query ($id: ID!) { operation(id: $id) { failure { code summary hint } } }`,
    { id },
  );
  if (operation.failure) {
    const { code, summary, hint } = operation.failure;
    throw new DomainError(isErrorCode(code) ? code : 'INTERNAL', summary, { hint });
  }
}

function sayEvent({ type, status, task, message }: Event, say: Say): void {
  if (type === 'STATE' && message !== null) {
    say(`  ${message}`);
  } else if (type === 'TASK' && status !== 'RUNNING') {
    say(`  ${(task ?? '').padEnd(24)} ${status}`);
  } else if (type === 'LOG' && status !== 'DEBUG') {
    say(`    ${message ?? ''}`);
  }
}
