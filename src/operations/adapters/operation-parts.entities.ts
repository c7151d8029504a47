import { Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import {
  BigintColumn,
  JsonColumn,
  PrimaryIdColumn,
  TextColumn,
  TimeColumn,
  WordColumn,
} from '../../database/columns.js';
import type { Drift } from '../domain/drift.js';
import type { LockMode } from '../domain/lock.js';
import type { OperationEvent, OperationEventType, OperationTask, TaskState } from '../domain/operation.js';
import type { PlannedTask } from '../domain/task.js';

@Entity('operation_tasks')
export class OperationTaskEntity implements OperationTask {
  @ForeignKey('OperationEntity', { name: 'fk_operation_tasks_operation', onDelete: 'CASCADE' })
  @PrimaryIdColumn({ name: 'operation_id' })
  operationId: string;
  @PrimaryColumn({ type: 'int' }) position: number;
  @WordColumn(64) name: string;
  @WordColumn(32) state: TaskState;
  @JsonColumn() planned: PlannedTask;
  @TimeColumn({ name: 'started_at', nullable: true }) startedAt: Date | null;
  @TimeColumn({ name: 'finished_at', nullable: true }) finishedAt: Date | null;
}

@Entity('operation_events')
export class OperationEventEntity implements OperationEvent {
  @ForeignKey('OperationEntity', { name: 'fk_operation_events_operation', onDelete: 'CASCADE' })
  @PrimaryIdColumn({ name: 'operation_id' })
  operationId: string;
  @PrimaryColumn({ type: 'int' }) position: number;
  @WordColumn(16) type: OperationEventType;
  @TimeColumn() at: Date;
  @WordColumn(32) status: string;
  @WordColumn(64, { nullable: true }) task: string | null;
  @TextColumn(4000, { nullable: true }) message: string | null;
}

/** What the tasks of dry runs found: one row for each that found anything. */
@Entity('operation_drifts')
export class OperationDriftEntity {
  @ForeignKey('OperationEntity', { name: 'fk_operation_drifts_operation', onDelete: 'CASCADE' })
  @PrimaryIdColumn({ name: 'operation_id' })
  operationId: string;
  @PrimaryColumn({ type: 'int' }) position: number;
  @JsonColumn() drift: Drift;
}

/** The lines: one row per subject that an operation under way claims. Rows go when the operation ends. */
@Entity('operation_locks')
@Index('ix_operation_locks_subject', ['subject', 'mode', 'seq'])
export class OperationLockEntity {
  @ForeignKey('OperationEntity', { name: 'fk_operation_locks_operation', onDelete: 'CASCADE' })
  @PrimaryIdColumn({ name: 'operation_id' })
  operationId: string;
  @PrimaryColumn({ type: 'varchar', length: 80, charset: 'ascii', collation: 'ascii_bin' }) subject: string;
  @WordColumn(16) mode: LockMode;
  @BigintColumn() seq: number;
}

/** One row per subject ever claimed: what dispatching processes lock so that two never let a conflict through. */
@Entity('lock_subjects')
export class LockSubjectEntity {
  @PrimaryColumn({ type: 'varchar', length: 80, charset: 'ascii', collation: 'ascii_bin' }) subject: string;
}
