import { Column, Entity, Index } from 'typeorm';
import {
  bigint,
  CountColumn,
  IdColumn,
  JsonColumn,
  PrimaryIdColumn,
  TextColumn,
  TimeColumn,
  WordColumn,
} from '../../database/columns.js';
import type { PlainObject } from '../../shared/plain.js';
import type { Lock } from '../domain/lock.js';
import type { OperationState } from '../domain/operation-state.js';
import type { Operation, OperationFailure, SubjectRef } from '../domain/operation.js';
import type { SealedSecrets } from '../domain/sealed-secrets.js';
import type { FieldUpdate, SubjectType } from '../domain/task.js';

@Entity('operations')
@Index('uq_operations_seq', ['seq'], { unique: true })
@Index('ix_operations_state', ['state', 'seq'])
@Index('ix_operations_subject', ['subjectType', 'subjectId', 'id'])
@Index('ix_operations_client', ['clientId', 'id'])
@Index('ix_operations_lease', ['leaseUntil'])
export class OperationEntity implements Operation {
  @PrimaryIdColumn() id: string;
  @Column({ type: 'bigint', transformer: bigint, generated: 'increment' }) seq: number;
  @WordColumn(64) kind: string;
  @WordColumn(32, { name: 'subject_type' }) subjectType: SubjectType;
  @IdColumn({ name: 'subject_id' }) subjectId: string;
  @TextColumn(255, { name: 'subject_label' }) subjectLabel: string;
  @IdColumn({ name: 'client_id', nullable: true }) clientId: string | null;
  @IdColumn({ name: 'server_id' }) serverId: string;
  @WordColumn(32) state: OperationState;
  @CountColumn() attempt: number;
  @IdColumn({ name: 'plan_id', nullable: true }) planId: string | null;
  @JsonColumn() input: PlainObject;
  @JsonColumn({ nullable: true }) sealed: SealedSecrets | null;
  @JsonColumn() locks: readonly Lock[];
  @JsonColumn() writes: readonly SubjectRef[];
  @JsonColumn({ name: 'on_failure' }) onFailure: readonly FieldUpdate[];
  @JsonColumn({ nullable: true }) failure: OperationFailure | null;
  @JsonColumn() warnings: readonly OperationFailure[];
  @TimeColumn({ name: 'cancel_requested_at', nullable: true }) cancelRequestedAt: Date | null;
  @IdColumn({ name: 'retry_of', nullable: true }) retryOf: string | null;
  @TextColumn(255, { name: 'requested_by' }) requestedBy: string;
  @TimeColumn({ name: 'created_at' }) createdAt: Date;
  @TimeColumn({ name: 'not_before', nullable: true }) notBefore: Date | null;
  @TimeColumn({ name: 'dispatched_at', nullable: true }) dispatchedAt: Date | null;
  @TimeColumn({ name: 'started_at', nullable: true }) startedAt: Date | null;
  @TimeColumn({ name: 'finished_at', nullable: true }) finishedAt: Date | null;
  @TimeColumn({ name: 'lease_until', nullable: true }) leaseUntil: Date | null;
  @CountColumn({ name: 'relayed_through' }) relayedThrough: number;
  @CountColumn({ name: 'last_event' }) lastEvent: number;
}
