import { Entity, Index } from 'typeorm';
import { IdColumn, JsonColumn, PrimaryIdColumn, TextColumn, TimeColumn, WordColumn } from '../../database/columns.js';
import type {
  CertificateEvent,
  CertificateEventDetails,
  CertificateEventType,
} from '../domain/events/certificate-event.js';

@Entity('certificate_events')
@Index('ix_certificate_events_certificate', ['certificateId', 'id'])
@Index('ix_certificate_events_client', ['clientId', 'id'])
export class CertificateEventEntity implements CertificateEvent {
  @PrimaryIdColumn() id: string;
  @WordColumn(16) type: CertificateEventType;
  @TimeColumn() at: Date;
  @IdColumn({ name: 'certificate_id' }) certificateId: string;
  @IdColumn({ name: 'client_id' }) clientId: string;
  @TextColumn(255) label: string;
  @TextColumn(2000) message: string;
  @JsonColumn() details: CertificateEventDetails;
}
