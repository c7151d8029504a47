import type { Dns01Method } from '../../../src/certificates/domain/acme/challenge-method.js';
import { localError } from '../acme-error.js';
import { sleep } from '../patiently.js';
import type { DnsLookup } from './dns-lookup.js';

interface Expected {
  readonly name: string;
  readonly zone: string;
  readonly value: string;
}

/**
 * Returns when every name server of the zone gives every record: the CA asks whichever it likes. Those that answer nothing at all are
 * left out, as long as one does: the CA will leave them out too. @throws AcmeError local:challengeNotPresented
 */
export async function awaitPropagation(
  records: readonly Expected[],
  { propagation }: Dns01Method,
  lookup: DnsLookup,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + propagation.timeoutMs;
  const zones = new Map<string, Promise<readonly string[]>>();
  for (const { zone } of records) {
    zones.set(
      zone,
      zones.get(zone) ??
        (propagation.servers.length > 0 ? Promise.resolve(propagation.servers) : nameServers(zone, lookup)),
    );
  }
  for (const record of records) {
    const servers = (await zones.get(record.zone)) ?? [];
    for (let waitMs = 50; ; waitMs = Math.min(waitMs * 2, 2_000)) {
      const missing = await serversWithout(record, servers, lookup);
      if (missing.length === 0) {
        break;
      }
      if (Date.now() + waitMs > deadline) {
        const where = missing.join(', ');
        throw localError(
          'local:challengeNotPresented',
          `After ${propagation.timeoutMs / 1_000} s, ${record.name} does not have the TXT record at ${where}.`,
        );
      }
      await sleep(waitMs, signal);
    }
  }
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
