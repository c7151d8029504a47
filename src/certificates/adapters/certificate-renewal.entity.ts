import { Entity, ForeignKey, Index } from 'typeorm';
import { IdColumn, JsonColumn, PrimaryIdColumn, TextColumn, TimeColumn, WordColumn } from '../../database/columns.js';

/** What the scheduler remembers of a certificate; `state` and `alarm` are its own, nothing is selected by them. */
@Entity('certificate_renewals')
@Index('ix_certificate_renewals_operation', ['operationId'])
export class CertificateRenewalEntity {
  @ForeignKey('CertificateEntity', { name: 'fk_certificate_renewals_certificate', onDelete: 'CASCADE' })
  @PrimaryIdColumn({ name: 'certificate_id' })
  certificateId: string;
  @JsonColumn() state: object;
  @WordColumn(64, { name: 'planned_for', nullable: true }) plannedFor: string | null;
  @IdColumn({ name: 'operation_id', nullable: true }) operationId: string | null;
  @IdColumn({ name: 'last_operation_id', nullable: true }) lastOperationId: string | null;
  @TimeColumn({ name: 'last_attempt_at', nullable: true }) lastAttemptAt: Date | null;
  @JsonColumn({ nullable: true }) alarm: object | null;
  @TextColumn(1000, { name: 'served_problem', nullable: true }) servedProblem: string | null;
  @TimeColumn({ name: 'served_checked_at', nullable: true }) servedCheckedAt: Date | null;
  /** Null, in rows of before: nothing. */
  @JsonColumn({ name: 'left_out', nullable: true }) leftOut: object | null;
}
