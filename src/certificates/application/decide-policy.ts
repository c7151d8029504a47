import { Injectable } from '@nestjs/common';
import { effectivePolicy, type EffectivePolicy, type PolicyScope } from '../domain/provider/certificate-policy.js';
import { CertificatePolicyStore } from './certificate-policy-store.js';

/** Ids of everything whose policy may hold for a site. */
export interface PolicySubject {
  readonly siteId: string;
  readonly clientId: string;
  readonly platformId: string;
  readonly serverId: string;
}

/** Finds out where a site's certificates come from, and who says so. */
@Injectable()
export class DecidePolicy {
  constructor(private readonly policies: CertificatePolicyStore) {}

  async for(subject: PolicySubject): Promise<EffectivePolicy> {
    return (await this.forMany([subject])).get(subject.siteId)!;
  }

  /** By the id of the site; one query, however many there are. */
  async forMany(subjects: readonly PolicySubject[]): Promise<ReadonlyMap<string, EffectivePolicy>> {
    const refs = new Map(subjects.flatMap(scopesOf).map((ref) => [key(ref), ref]));
    const found = await this.policies.findMany([...refs.values()]);
    const byScope = new Map(found.map((policy) => [key(policy), policy]));
    return new Map(
      subjects.map((subject) => [
        subject.siteId,
        effectivePolicy(scopesOf(subject).flatMap((ref) => byScope.get(key(ref)) ?? [])),
      ]),
    );
  }
}

interface Ref {
  readonly scope: PolicyScope;
  readonly scopeId: string;
}

const key = ({ scope, scopeId }: Ref): string => `${scope}:${scopeId}`;

function scopesOf({ siteId, clientId, platformId, serverId }: PolicySubject): readonly Ref[] {
  return [
    { scope: 'SITE', scopeId: siteId },
    { scope: 'CLIENT', scopeId: clientId },
    { scope: 'PLATFORM', scopeId: platformId },
    { scope: 'SERVER', scopeId: serverId },
    { scope: 'INSTALLATION', scopeId: '' },
  ];
}
