import { Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { IdColumn, JsonColumn, PrimaryIdColumn, TimeColumn, WordColumn } from '../../database/columns.js';
import type { KeyType } from '../domain/key-type.js';
import type { AcmeSettings } from '../domain/provider/acme-settings.js';
import type { CertificatePolicy, PolicyScope } from '../domain/provider/certificate-policy.js';
import type { CertificateProvider } from '../domain/provider/certificate-provider.js';

@Entity('certificate_providers')
@Index('uq_certificate_providers_name', ['owner', 'name'], { unique: true })
export class CertificateProviderEntity implements CertificateProvider {
  @PrimaryIdColumn() id: string;
  @WordColumn(63) name: string;
  /** The client's id, or '' for the operator's: a unique index lets any number of NULLs in. */
  @WordColumn(36) owner: string;
  @ForeignKey('ClientEntity', { name: 'fk_certificate_providers_client' })
  @IdColumn({ name: 'client_id', nullable: true })
  clientId: string | null;
  @ForeignKey('CertificateProviderEntity', { name: 'fk_certificate_providers_backup' })
  @IdColumn({ name: 'backup_id', nullable: true })
  backupId: string | null;
  @JsonColumn() acme: AcmeSettings;
  @TimeColumn({ name: 'created_at' }) createdAt: Date;
}

@Entity('certificate_policies')
@Index('ix_certificate_policies_provider', ['provider'])
export class CertificatePolicyEntity implements CertificatePolicy {
  @PrimaryColumn({ type: 'varchar', length: 16, charset: 'ascii', collation: 'ascii_bin' }) scope: PolicyScope;
  @PrimaryColumn({ name: 'scope_id', type: 'varchar', length: 36, charset: 'ascii', collation: 'ascii_bin' })
  scopeId: string;
  @WordColumn(36, { nullable: true }) provider: string | null;
  @WordColumn(16, { name: 'key_type', nullable: true }) keyType: KeyType | null;
  @WordColumn(100, { nullable: true }) profile: string | null;
}
