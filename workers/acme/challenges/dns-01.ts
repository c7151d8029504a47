import { createHash } from 'node:crypto';
import { canProve, type Dns01Method } from '../../../src/certificates/domain/acme/challenge-method.js';
import type { DnsWriter } from '../dns/dns-writer.js';
import { DnsLookup } from '../dns/dns-lookup.js';
import { execWriter } from '../dns/exec-writer.js';
import { findRecordPlace } from '../dns/find-record-place.js';
import { awaitPropagation } from '../dns/await-propagation.js';
import { rfc2136Writer } from '../dns/rfc2136-writer.js';
import type { ChallengeSolver } from './challenge-solver.js';

/**
 * RFC 8555 §8.4: a TXT record at `_acme-challenge.<name>`, or where a CNAME there leads: so a zone that nobody may write to can
 * delegate its challenges to one that somebody may. Values are added and removed one by one; the wildcard of a
 * name and the name itself are proved at the same place.
 */
export function dns01(config: Dns01Method, method: number): ChallengeSolver {
  const lookup = new DnsLookup(config.resolvers);
  const writer: DnsWriter = config.writer.kind === 'exec' ? execWriter(config.writer) : rfc2136Writer(config.writer);
  return {
    type: 'dns-01',
    canProve: (name) => canProve(config, name),
    async plan({ identifier, keyAuthorization }) {
      const place = await findRecordPlace(`_acme-challenge.${identifier.value}`, lookup);
      const value = createHash('sha256').update(keyAuthorization).digest('base64url');
      return { kind: 'txt', method, ...place, value };
    },
    async present(planned, _, signal) {
      if (planned.kind === 'txt') {
        await writer.add({ ...planned, ttl: config.ttl }, signal);
      }
    },
    confirm(planned, signal) {
      const records = planned.filter((record) => record.kind === 'txt').filter((record) => record.method === method);
      return awaitPropagation(records, config, lookup, signal);
    },
    async remove(presented, signal) {
      if (presented.kind === 'txt') {
        await writer.remove({ ...presented, ttl: config.ttl }, signal);
      }
    },
  };
}
