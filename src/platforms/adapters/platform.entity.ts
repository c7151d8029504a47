import { Entity, ForeignKey, Index } from 'typeorm';
import { IdColumn, JsonColumn, PrimaryIdColumn, TextColumn, TimeColumn, WordColumn } from '../../database/columns.js';
import type { Application, Platform, PlatformSource, PlatformStatus } from '../domain/platform.js';

@Entity('platforms')
@Index('uq_platforms_name', ['name'], { unique: true })
@Index('ix_platforms_server', ['serverId', 'id'])
export class PlatformEntity implements Platform {
  @PrimaryIdColumn() id: string;
  @WordColumn(63) name: string;
  @ForeignKey('ServerEntity', { name: 'fk_platforms_server' })
  @IdColumn({ name: 'server_id' })
  serverId: string;
  @ForeignKey('ClientEntity', { name: 'fk_platforms_client' })
  @IdColumn({ name: 'client_id', nullable: true })
  clientId: string | null;
  @WordColumn(32) application: Application;
  @JsonColumn() source: PlatformSource;
  @TextColumn(1024, { name: 'real_path', nullable: true }) realPath: string | null;
  @WordColumn(64, { nullable: true }) version: string | null;
  @TextColumn(1024, { nullable: true }) docroot: string | null;
  @WordColumn(16) status: PlatformStatus;
  @TimeColumn({ name: 'verified_at', nullable: true }) verifiedAt: Date | null;
  @TimeColumn({ name: 'created_at' }) createdAt: Date;
}
