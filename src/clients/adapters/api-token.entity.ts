import { Entity, ForeignKey, Index } from 'typeorm';
import { IdColumn, PrimaryIdColumn, TextColumn, TimeColumn, WordColumn } from '../../database/columns.js';
import type { Role } from '../../shared/actor.js';
import type { ApiToken } from '../domain/api-token.js';

@Entity('api_tokens')
@Index('uq_api_tokens_hash', ['hash'], { unique: true })
export class ApiTokenEntity implements ApiToken {
  @PrimaryIdColumn() id: string;
  @WordColumn(64) hash: string;
  @TextColumn(200) label: string;
  @WordColumn(16) role: Role;
  @ForeignKey('ClientEntity', { name: 'fk_api_tokens_client' })
  @IdColumn({ name: 'client_id', nullable: true })
  clientId: string | null;
  @TimeColumn({ name: 'created_at' }) createdAt: Date;
  @TimeColumn({ name: 'expires_at', nullable: true }) expiresAt: Date | null;
  @TimeColumn({ name: 'revoked_at', nullable: true }) revokedAt: Date | null;
}
