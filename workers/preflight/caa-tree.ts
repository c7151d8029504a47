import type { CaaRecord } from 'node:dns';
import type { CaaProperty } from '../../src/certificates/domain/preflight/caa-verdict.js';
import type { DnsLookup, Found } from '../acme/dns/dns-lookup.js';

export type FoundCaa =
  | { readonly state: 'FOUND'; readonly at: string; readonly properties: readonly CaaProperty[] }
  | { readonly state: 'NONE' }
  | { readonly state: 'FAILED'; readonly at: string; readonly code: string };

/** What CAA says of names that are looked at together: a parent that they share is asked once. */
export class CaaTree {
  private readonly asked = new Map<string, Promise<Found<CaaRecord>>>();

  constructor(private readonly lookup: DnsLookup) {}

  /**
   * RFC 8659 §3: up the tree from the name itself, to the first that has any. All levels are asked at once, for they mostly have none.
   * Aliases are followed by whoever resolves.
   */
  async find(name: string): Promise<FoundCaa> {
    const levels = upwards(name.replace(/^\*\./, '')).map((at) => ({ at, answer: this.ask(at) }));
    for (const { at, answer } of levels) {
      const found = await answer;
      if (found.state === 'FAILED') {
        return { state: 'FAILED', at, code: found.code };
      }
      if (found.state === 'FOUND') {
        return { state: 'FOUND', at, properties: found.records.flatMap(propertiesOf) };
      }
    }
    return { state: 'NONE' };
  }

  private ask(at: string): Promise<Found<CaaRecord>> {
    const answer = this.asked.get(at) ?? this.lookup.caa(at);
    this.asked.set(at, answer);
    return answer;
  }
}

/** `a.b.test`: itself, `b.test`, `test`. */
function upwards(name: string): readonly string[] {
  const labels = name.split('.');
  return labels.map((_, index) => labels.slice(index).join('.'));
}

function propertiesOf({ critical, ...tags }: CaaRecord): readonly CaaProperty[] {
  return Object.entries(tags).map(([tag, value]) => ({ critical: (critical & 128) !== 0, tag, value }));
}
