import { Entity, Index } from 'typeorm';
import {
  BigintColumn,
  JsonColumn,
  PrimaryIdColumn,
  TextColumn,
  TimeColumn,
  WordColumn,
} from '../../database/columns.js';
import type { PublicJwk } from '../../operations/index.js';
import type { HealthCheck } from '../domain/health.js';
import type { HttpService, Server, ServerStatus } from '../domain/server.js';

@Entity('servers')
@Index('uq_servers_name', ['name'], { unique: true })
export class ServerEntity implements Server {
  @PrimaryIdColumn() id: string;
  @WordColumn(63) name: string;
  @WordColumn(16) status: ServerStatus;
  @JsonColumn({ name: 'signing_key' }) signingKey: PublicJwk;
  @JsonColumn({ name: 'encryption_key' }) encryptionKey: PublicJwk;
  @WordColumn(64, { name: 'queue_password_sha256' }) queuePasswordSha256: string;
  @JsonColumn() http: HttpService;
  @JsonColumn({ name: 'platform_roots' }) platformRoots: readonly string[];
  @TextColumn(1024, { name: 'state_directory' }) stateDirectory: string;
  @TextColumn(1024, { name: 'php_socket', nullable: true }) phpSocket: string | null;
  @TextColumn(64, { name: 'program_version', nullable: true }) programVersion: string | null;
  @TextColumn(64, { name: 'openssl_version', nullable: true }) opensslVersion: string | null;
  @JsonColumn({ name: 'tls_groups' }) tlsGroups: readonly string[];
  @BigintColumn({ name: 'disk_free_bytes', nullable: true }) diskFreeBytes: number | null;
  @JsonColumn({ nullable: true }) health: readonly HealthCheck[] | null;
  @TimeColumn({ name: 'verified_at', nullable: true }) verifiedAt: Date | null;
  @TimeColumn({ name: 'last_seen_at', nullable: true }) lastSeenAt: Date | null;
  @TimeColumn({ name: 'created_at' }) createdAt: Date;
}
