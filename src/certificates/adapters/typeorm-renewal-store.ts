import { Injectable } from '@nestjs/common';
import { In, IsNull, Not } from 'typeorm';
import { DatabaseSession } from '../../database/database-session.js';
import { RenewalStore, type DueCertificate } from '../application/renewal/renewal-store.js';
import type { Certificate } from '../domain/certificate.js';
import { newRenewal, type CertificateRenewal } from '../domain/renewal/certificate-renewal.js';
import { CertificateRenewalEntity } from './certificate-renewal.entity.js';
import { CertificateEntity } from './certificate.entity.js';
import { reviveAlarm, reviveLeftOut, reviveState } from './renewal-json.js';

/** `one.soon`, written as `Date` writes itself. */
const JSON_SOON = "CONCAT(LEFT(DATE_FORMAT(one.soon, '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z')";

@Injectable()
export class TypeormRenewalStore extends RenewalStore {
  constructor(private readonly session: DatabaseSession) {
    super();
  }

  /** Of the index `ix_certificates_due` alone: rows are read only of those that are returned. */
  due(now: Date, perClient: number, limit: number): Promise<readonly DueCertificate[]> {
    return this.session.manager.query<DueCertificate[]>(
      `SELECT id, client_id AS clientId FROM (
         SELECT id, client_id, due_at, ROW_NUMBER() OVER (PARTITION BY client_id ORDER BY due_at, id) AS turn
         FROM certificates WHERE due_at <= ?) AS due
       WHERE turn <= ? ORDER BY turn, due_at, id LIMIT ?`,
      [now, perClient, limit],
    );
  }

  lockCertificate(id: string): Promise<Certificate | null> {
    return this.#certificates.findOne({ where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  async find(certificateId: string): Promise<CertificateRenewal> {
    const [found] = await this.findMany([certificateId]);
    return found ?? newRenewal(certificateId);
  }

  async findMany(certificateIds: readonly string[]): Promise<readonly CertificateRenewal[]> {
    const rows = await this.#rows.findBy({ certificateId: In(certificateIds) });
    return rows.map(toRenewal);
  }

  async dueAt(certificateIds: readonly string[]): Promise<ReadonlyMap<string, Date | null>> {
    const rows = await this.#certificates.find({
      where: { id: In(certificateIds) },
      select: { id: true, dueAt: true },
    });
    return new Map(rows.map(({ id, dueAt }) => [id, dueAt]));
  }

  async save(renewal: CertificateRenewal, dueAt: Date | null): Promise<void> {
    const { servedProblem: _, servedCheckedAt: __, ...own } = renewal;
    await this.#rows.upsert(own, ['certificateId']);
    await this.#certificates.update({ id: renewal.certificateId }, { dueAt });
  }

  async noteServed(certificateId: string, problem: string | null, at: Date): Promise<void> {
    const before = await this.find(certificateId);
    await this.#rows
      .createQueryBuilder()
      .insert()
      .values({ ...newRenewal(certificateId), servedProblem: problem, servedCheckedAt: at })
      .orUpdate(['served_problem', 'served_checked_at'], ['certificate_id'])
      .execute();
    if (before.servedProblem !== problem) {
      await this.#certificates.update({ id: certificateId }, { dueAt: at });
    }
  }

  /** `askAfterIncident` for all at once; ids are as good as chance to spread them. */
  async askSoon(directoryUrl: string, now: Date, withinMs: number): Promise<void> {
    await this.session.manager.query(
      `UPDATE certificate_renewals AS r
       JOIN (SELECT id, CAST(? AS DATETIME(3)) + INTERVAL MOD(CRC32(id), ?) * 1000 MICROSECOND AS soon
             FROM certificates WHERE acme_directory_url = ? AND status = 'ACTIVE') AS one ON one.id = r.certificate_id
       JOIN certificates AS c ON c.id = one.id
       SET r.state = JSON_SET(r.state, '$.nextAdviceAt', ${JSON_SOON}), c.due_at = LEAST(IFNULL(c.due_at, one.soon), one.soon)
       WHERE r.operation_id IS NULL AND JSON_VALUE(r.state, '$.renewAt') > ?
         AND IFNULL(JSON_VALUE(r.state, '$.nextAdviceAt') > ${JSON_SOON}, TRUE)`,
      [now, withinMs, directoryUrl, now.toISOString()],
    );
  }

  async open(limit: number): Promise<readonly DueCertificate[]> {
    const rows = await this.#rows.find({ where: { operationId: Not(IsNull()) }, take: limit });
    const ids = rows.map(({ certificateId }) => certificateId);
    return this.#certificates.find({ where: { id: In(ids) }, select: { id: true, clientId: true } });
  }

  get #rows() {
    return this.session.repository(CertificateRenewalEntity);
  }

  get #certificates() {
    return this.session.repository(CertificateEntity);
  }
}

function toRenewal(row: CertificateRenewalEntity): CertificateRenewal {
  return Object.assign(row, {
    state: reviveState(row.state),
    alarm: reviveAlarm(row.alarm),
    leftOut: reviveLeftOut(row.leftOut),
  });
}
