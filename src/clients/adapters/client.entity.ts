import { Entity, Index } from 'typeorm';
import { PrimaryIdColumn, TextColumn, TimeColumn, WordColumn } from '../../database/columns.js';
import type { Client } from '../domain/client.js';

@Entity('clients')
@Index('uq_clients_name', ['name'], { unique: true })
export class ClientEntity implements Client {
  @PrimaryIdColumn() id: string;
  @WordColumn(63) name: string;
  @TextColumn(200) label: string;
  @TimeColumn({ name: 'created_at' }) createdAt: Date;
}
