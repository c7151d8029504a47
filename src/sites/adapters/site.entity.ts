import { Entity, ForeignKey, Index, JoinColumn, ManyToOne, OneToMany, type Relation } from 'typeorm';
import { CountColumn, IdColumn, PrimaryIdColumn, TextColumn, TimeColumn, WordColumn } from '../../database/columns.js';
import type { HttpsMode } from '../../consumers/index.js';
import type { Site, SiteName, SiteNameStatus, SiteStatus } from '../domain/site.js';

@Entity('sites')
@Index('ix_sites_client', ['clientId', 'id'])
@Index('ix_sites_server', ['serverId', 'id'])
@Index('ix_sites_platform', ['platformId', 'id'])
@Index('ix_sites_uri', ['uri'])
export class SiteEntity implements Site {
  @PrimaryIdColumn() id: string;
  @WordColumn(253) uri: string;
  @ForeignKey('PlatformEntity', { name: 'fk_sites_platform' })
  @IdColumn({ name: 'platform_id' })
  platformId: string;
  @ForeignKey('ServerEntity', { name: 'fk_sites_server' })
  @IdColumn({ name: 'server_id' })
  serverId: string;
  @ForeignKey('ClientEntity', { name: 'fk_sites_client' })
  @IdColumn({ name: 'client_id' })
  clientId: string;
  @WordColumn(16) https: HttpsMode;
  @CountColumn({ name: 'hsts_max_age', nullable: true }) hstsMaxAge: number | null;
  @CountColumn({ name: 'hsts_said', nullable: true }) hstsSaid: number | null;
  @TimeColumn({ name: 'hsts_promised_until', nullable: true }) hstsPromisedUntil: Date | null;
  @TextColumn(1024, { name: 'php_socket', nullable: true }) phpSocket: string | null;
  @WordColumn(16) status: SiteStatus;
  @CountColumn({ name: 'http_status', nullable: true }) httpStatus: number | null;
  @WordColumn(64, { name: 'served_certificate', nullable: true }) servedCertificate: string | null;
  @TimeColumn({ name: 'verified_at', nullable: true }) verifiedAt: Date | null;
  @TimeColumn({ name: 'created_at' }) createdAt: Date;
  @OneToMany(() => SiteNameEntity, (name) => name.site) names: SiteNameEntity[];
}

@Entity('site_names')
@Index('uq_site_names_name', ['name'], { unique: true })
@Index('ix_site_names_site', ['siteId'])
export class SiteNameEntity implements SiteName {
  @PrimaryIdColumn() id: string;
  @IdColumn({ name: 'site_id' }) siteId: string;
  @WordColumn(255) name: string;
  @WordColumn(8) role: 'MAIN' | 'ALIAS';
  @WordColumn(253, { name: 'redirect_to', nullable: true }) redirectTo: string | null;
  @WordColumn(16) status: SiteNameStatus;
  @TimeColumn({ name: 'created_at' }) createdAt: Date;
  @ManyToOne(() => SiteEntity, (site) => site.names, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'site_id', foreignKeyConstraintName: 'fk_site_names_site' })
  site: Relation<SiteEntity>;
}
