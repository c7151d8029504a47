import type { Dns01Method } from '../../../src/certificates/domain/acme/challenge-method.js';
import { localError, type AcmeError } from '../acme-error.js';
import { inParallel } from '../in-parallel.js';
import { sleep } from '../patiently.js';
import type { DnsLookup } from './dns-lookup.js';

interface Expected {
  readonly name: string;
  readonly zone: string;
  readonly value: string;
}

/**
 * Returns when every name server of the zone gives every record, as the CA asks whichever it likes, or when time is up: then with what is
 * wrong with each that is not there. Name servers that answer nothing at all are left out, as long as one does: the CA will leave them out too.
 */
export async function awaitPropagation<T extends Expected>(
  records: readonly T[],
  { propagation }: Dns01Method,
  lookup: DnsLookup,
  signal: AbortSignal,
): Promise<ReadonlyMap<T, AcmeError>> {
  const deadline = Date.now() + propagation.timeoutMs;
  const zones = new Map<string, Promise<readonly string[]>>();
  for (const { zone } of records) {
    zones.set(
      zone,
      zones.get(zone) ??
        (propagation.servers.length > 0 ? Promise.resolve(propagation.servers) : nameServers(zone, lookup)),
    );
  }
  let awaited = records;
  for (let waitMs = 50; ; waitMs = Math.min(waitMs * 2, 2_000)) {
    const looked = await inParallel(awaited, async (record) => {
      const servers = (await zones.get(record.zone)) ?? [];
      return { record, missing: await serversWithout(record, servers, lookup) };
    });
    const lacking = looked.filter(({ missing }) => missing.length > 0);
    if (lacking.length === 0 || Date.now() + waitMs > deadline) {
      return new Map(lacking.map(({ record, missing }) => [record, notThere(record, missing, propagation.timeoutMs)]));
    }
    awaited = lacking.map(({ record }) => record);
    await sleep(waitMs, signal);
  }
}

function notThere({ name }: Expected, servers: readonly string[], timeoutMs: number): AcmeError {
  return localError(
    'local:challengeNotPresented',
    `After ${timeoutMs / 1_000} s, ${name} does not have the TXT record at ${servers.join(', ')}.`,
  );
}

async function nameServers(zone: string, lookup: DnsLookup): Promise<readonly string[]> {
  const found = await lookup.ns(zone);
  const names = found.state === 'FOUND' ? found.records : [];
  return (await Promise.all(names.map((name) => lookup.addresses(name)))).flat();
}

async function serversWithout(
  { name, value }: Expected,
  servers: readonly string[],
  lookup: DnsLookup,
): Promise<readonly string[]> {
  // Without any that is known, whoever resolves for us is asked.
  const asked: readonly (readonly string[])[] = servers.length === 0 ? [[]] : servers.map((server) => [server]);
  const answers = await Promise.all(
    asked.map(async (server) => ({
      server: server[0] ?? 'the resolver',
      found: await (server.length === 0 ? lookup : lookup.at(server)).txt(name),
    })),
  );
  const speaking = answers.filter(({ found }) => found.state !== 'FAILED');
  return (speaking.length === 0 ? answers : speaking)
    .filter(({ found }) => !(found.state === 'FOUND' && found.records.includes(value)))
    .map(({ server }) => server);
}
