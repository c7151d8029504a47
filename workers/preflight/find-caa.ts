import type { CaaProperty } from '../../src/certificates/domain/preflight/caa-verdict.js';
import type { DnsLookup } from '../acme/dns/dns-lookup.js';

export type FoundCaa =
  | { readonly state: 'FOUND'; readonly at: string; readonly properties: readonly CaaProperty[] }
  | { readonly state: 'NONE' }
  | { readonly state: 'FAILED'; readonly at: string; readonly code: string };

/** RFC 8659 §3: up the tree from the name itself, to the first that has any. Aliases are followed by whoever resolves. */
export async function findCaa(name: string, lookup: DnsLookup): Promise<FoundCaa> {
  for (let at = name.replace(/^\*\./, ''); at !== ''; at = at.includes('.') ? at.slice(at.indexOf('.') + 1) : '') {
    const found = await lookup.caa(at);
    if (found.state === 'FAILED') {
      return { state: 'FAILED', at, code: found.code };
    }
    if (found.state === 'FOUND') {
      const properties = found.records.flatMap(({ critical, ...tags }) =>
        Object.entries(tags).map(([tag, value]) => ({ critical: (critical & 128) !== 0, tag, value })),
      );
      return { state: 'FOUND', at, properties };
    }
  }
  return { state: 'NONE' };
}
