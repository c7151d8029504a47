import { Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { IdColumn, JsonColumn, PrimaryIdColumn, TextColumn, TimeColumn, WordColumn } from '../../database/columns.js';
import type { Certificate, CertificateProviderName, CertificateStatus, RefusedName } from '../domain/certificate.js';
import type { KeyType } from '../domain/key-type.js';

@Entity('certificates')
@Index('ix_certificates_client', ['clientId', 'id'])
@Index('ix_certificates_server', ['serverId', 'id'])
@Index('ix_certificates_spki', ['spki'])
@Index('ix_certificates_not_after', ['status', 'notAfter'])
@Index('ix_certificates_due', ['dueAt', 'clientId'])
export class CertificateEntity implements Certificate {
  @PrimaryIdColumn() id: string;
  @ForeignKey('ClientEntity', { name: 'fk_certificates_client' })
  @IdColumn({ name: 'client_id' })
  clientId: string;
  @ForeignKey('ServerEntity', { name: 'fk_certificates_server' })
  @IdColumn({ name: 'server_id' })
  serverId: string;
  @WordColumn(16) provider: CertificateProviderName;
  @ForeignKey('CertificateProviderEntity', { name: 'fk_certificates_provider' })
  @IdColumn({ name: 'provider_id', nullable: true })
  providerId: string | null;
  @WordColumn(100, { nullable: true }) profile: string | null;
  @WordColumn(16, { name: 'key_type' }) keyType: KeyType;
  @WordColumn(16) status: CertificateStatus;
  @WordColumn(64, { nullable: true }) spki: string | null;
  @JsonColumn() names: readonly string[];
  @JsonColumn({ name: 'requested_names' }) requestedNames: readonly string[];
  @JsonColumn({ name: 'refused_names' }) refusedNames: readonly RefusedName[];
  @WordColumn(64, { nullable: true }) serial: string | null;
  @TextColumn(1000, { nullable: true }) issuer: string | null;
  @TimeColumn({ name: 'not_before', nullable: true }) notBefore: Date | null;
  @TimeColumn({ name: 'not_after', nullable: true }) notAfter: Date | null;
  @WordColumn(64, { nullable: true }) fingerprint: string | null;
  @JsonColumn({ name: 'chain_pem', nullable: true }) chainPem: string | null;
  @WordColumn(255, { name: 'ari_id', nullable: true }) ariId: string | null;
  @TextColumn(2000, { name: 'acme_directory_url', nullable: true }) acmeDirectoryUrl: string | null;
  @TextColumn(2000, { name: 'acme_account_url', nullable: true }) acmeAccountUrl: string | null;
  @WordColumn(100, { name: 'acme_profile', nullable: true }) acmeProfile: string | null;
  /** When the scheduler is to look at it next; null: there is nothing to come. */
  @TimeColumn({ name: 'due_at', nullable: true }) dueAt: Date | null;
  @JsonColumn({ name: 'csr_pem', nullable: true }) csrPem: string | null;
  @TimeColumn({ name: 'created_at' }) createdAt: Date;
  @TimeColumn({ name: 'updated_at' }) updatedAt: Date;
}

/** One row per name of a certificate: how the certificates for a hostname are found. */
@Entity('certificate_names')
@Index('ix_certificate_names_name', ['name', 'certificateId'])
export class CertificateNameEntity {
  @ForeignKey('CertificateEntity', { name: 'fk_certificate_names_certificate', onDelete: 'CASCADE' })
  @PrimaryIdColumn({ name: 'certificate_id' })
  certificateId: string;
  @PrimaryColumn({ type: 'varchar', length: 255, charset: 'ascii', collation: 'ascii_bin' }) name: string;
}
