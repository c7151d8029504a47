import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { DatabaseSession } from '../../database/database-session.js';
import { grouped } from '../../shared/grouped.js';
import { CertificatePolicyStore, type PolicyScopeRef } from '../application/certificate-policy-store.js';
import type { CertificatePolicy, PolicyScope } from '../domain/provider/certificate-policy.js';
import { CertificatePolicyEntity } from './certificate-provider.entity.js';

@Injectable()
export class TypeormCertificatePolicyStore extends CertificatePolicyStore {
  constructor(private readonly session: DatabaseSession) {
    super();
  }

  async put(policy: CertificatePolicy): Promise<void> {
    await this.#rows.upsert({ ...policy }, ['scope', 'scopeId']);
  }

  async remove(scope: PolicyScope, scopeId: string): Promise<void> {
    await this.#rows.delete({ scope, scopeId });
  }

  async findMany(scopes: readonly PolicyScopeRef[]): Promise<readonly CertificatePolicy[]> {
    if (scopes.length === 0) {
      return [];
    }
    const byScope = [...grouped(scopes, ({ scope }) => scope)];
    return this.#rows.findBy(
      byScope.map(([scope, refs]) => ({ scope, scopeId: In(refs.map(({ scopeId }) => scopeId)) })),
    );
  }

  countWithProvider(provider: string): Promise<number> {
    return this.#rows.countBy({ provider });
  }

  get #rows() {
    return this.session.repository(CertificatePolicyEntity);
  }
}
