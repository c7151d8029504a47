import { Entity, Index, PrimaryColumn } from 'typeorm';
import { JsonColumn, PrimaryIdColumn, TextColumn, TimeColumn, WordColumn } from '../../database/columns.js';
import type { LimitSet } from '../domain/rate-limits/limits.js';
import type { Draw } from '../domain/rate-limits/order-budget.js';

/** One bucket of one CA from which something was drawn. */
@Entity('ca_limit_levels')
@Index('ix_ca_limit_levels_full', ['fullAt'])
export class CaLimitLevelEntity {
  /** SHA-256 of the directory's URL and the key, in hex: a key holds all names of an order. */
  @PrimaryColumn({ type: 'char', length: 64, charset: 'ascii', collation: 'ascii_bin' }) id: string;
  @TimeColumn({ name: 'full_at' }) fullAt: Date;
}

/** What an operation that is on its way has drawn. */
@Entity('ca_order_charges')
export class CaOrderChargeEntity {
  @PrimaryIdColumn({ name: 'operation_id' }) operationId: string;
  @TextColumn(2000, { name: 'directory_url' }) directoryUrl: string;
  @WordColumn(16) limits: LimitSet;
  @WordColumn(80, { name: 'account_id' }) accountId: string;
  @JsonColumn() draws: readonly Draw[];
}
