import { whyCaaForbids } from '../../src/certificates/domain/acme/caa.js';
import type { DnsLookup } from '../acme/dns/dns-lookup.js';
import type { Finding } from './finding.js';

export interface CaaRequest {
  readonly name: string;
  /** How it may be proved. */
  readonly methods: readonly string[];
  readonly caaIdentities: readonly string[];
  readonly accountUrl: string | null;
}

/** Climbs from the name to the root and takes the first record set that there is (RFC 8659 §3). CNAMEs the resolver follows. */
export async function caaFinding(
  { name, methods, caaIdentities, accountUrl }: CaaRequest,
  lookup: DnsLookup,
): Promise<readonly Finding[]> {
  const wildcard = name.startsWith('*.');
  for (let domain = wildcard ? name.slice(2) : name; domain !== ''; domain = parentOf(domain)) {
    const found = await lookup.caa(domain);
    if (found.state === 'FAILED') {
      return [{ cause: 'CAA_UNREADABLE', evidence: `CAA of ${domain}: the DNS answers ${found.code}.`, proof: false }];
    }
    if (found.state === 'FOUND' && found.records.length > 0) {
      const question = { identities: caaIdentities, accountUrl, methods, wildcard };
      const why = whyCaaForbids(found.records, question);
      return why === undefined ? [] : [{ cause: 'CAA_FORBIDS', evidence: `CAA of ${domain}: ${why}.`, proof: true }];
    }
  }
  return [];
}

const parentOf = (domain: string): string => (domain.includes('.') ? domain.slice(domain.indexOf('.') + 1) : '');
