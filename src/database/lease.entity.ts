import { Entity, PrimaryColumn } from 'typeorm';
import { BigintColumn, TimeColumn, WordColumn } from './columns.js';

@Entity('leases')
export class LeaseEntity {
  @PrimaryColumn({ type: 'varchar', length: 64, charset: 'ascii', collation: 'ascii_bin' }) name: string;
  @WordColumn(64) holder: string;
  @BigintColumn() token: number;
  @TimeColumn({ name: 'expires_at' }) expiresAt: Date;
}
