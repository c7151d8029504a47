import { Entity, PrimaryColumn } from 'typeorm';
import { IdColumn } from './columns.js';

/** The newest event of a stream. Who adds one locks the row until the commit: the order of ids is the order of commits. */
@Entity('event_heads')
export class EventHeadEntity {
  @PrimaryColumn({ type: 'varchar', length: 64, charset: 'ascii', collation: 'ascii_bin' }) stream: string;
  @IdColumn({ name: 'last_id', nullable: true }) lastId: string | null;
}
