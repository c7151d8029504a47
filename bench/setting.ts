import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Api, OperationSummary } from './api.js';
import type { Product } from './product.js';

/** What sites are put on: a registered server, a client, a platform. */
export interface Setting {
  readonly serverId: string;
  readonly platformId: string;
  readonly clientId: string;
}

export async function prepare({ api, root }: Product): Promise<Setting> {
  const path = join(root, 'platforms', 'bench');
  await mkdir(path, { recursive: true, mode: 0o755 });
  await writeFile(join(path, 'index.html'), '<h1>bench</h1>\n', { mode: 0o644 });
  const serverId = await api.perform('registerServer', { name: 'bench' });
  const source = { type: 'EXISTING_PATH', path };
  const platformId = await api.perform('createPlatform', { name: 'bench', serverId, application: 'STATIC', source });
  const { createClient } = await api.ask<{ createClient: { client: { id: string } } }>(
    `mutation { createClient(input: { name: "bench" }) { client { id } } }`,
  );
  return { serverId, platformId, clientId: createClient.client.id };
}

export const siteNames = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}.bench.localhost`);

export const newSite = ({ platformId, clientId }: Setting, uri: string): object => ({
  platformId,
  clientId,
  uri,
  https: 'ENABLED',
});

/** Starts the same mutation for many sites and waits for the last operation. Returns the ids of the sites. */
export function siteIds(api: Api, uris: readonly string[]): Promise<readonly string[]> {
  return Promise.all(
    uris.map(async (uri) => {
      const { sites } = await api.ask<{ sites: { nodes: readonly { id: string }[] } }>(
        `query ($uri: String!) { sites(uri: $uri) { nodes { id } } }`,
        { uri },
      );
      return sites.nodes[0]!.id;
    }),
  );
}

/**
 * Each operation of a batch logs how many files its batch put in place, and each brought one file: the sum of 1/n over
 * the operations is the number of batches, and so of reloads.
 */
export function reloadsOf(operations: readonly OperationSummary[]): number {
  const shares = operations.flatMap(({ log }) =>
    log.flatMap(({ message }) => {
      const files = /: (\d+) files put in place, reloaded/.exec(message)?.[1];
      return files === undefined ? [] : [1 / Number(files)];
    }),
  );
  return Math.round(shares.reduce((sum, share) => sum + share, 0) * 1000) / 1000;
}
