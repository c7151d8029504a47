import type { EntityManager } from 'typeorm';
import { grouped } from '../../shared/grouped.js';
import type { Lock } from '../domain/lock.js';
import type { Operation } from '../domain/operation.js';
import { LockSubjectEntity, OperationLockEntity } from './operation-parts.entities.js';
import { OperationEntity } from './operation.entity.js';

/** What waits for the time of its next try holds up nobody until then: what it had done was undone. */
const IS_DUE = '(other.not_before IS NULL OR other.not_before <= UTC_TIMESTAMP(3))';

/** Operations (`mine`) with those in their way (`other`): who holds, or is ahead in line for, a lock that conflicts. */
const PAIRS_IN_CONFLICT = `FROM operation_locks mine
  JOIN operations waiting ON waiting.id = mine.operation_id
  JOIN operation_locks theirs ON theirs.subject = mine.subject AND theirs.operation_id <> mine.operation_id
    AND (mine.mode = 'EXCLUSIVE' OR theirs.mode = 'EXCLUSIVE')
  JOIN operations other ON other.id = theirs.operation_id
    AND (other.state IN ('DISPATCHED','RUNNING') OR (other.state = 'QUEUED' AND other.seq < waiting.seq AND ${IS_DUE}))
  WHERE mine.operation_id IN (?)`;

/** Whether anybody is in the way of `o`: the same. Rows of locks go when an operation ends. */
export const IN_THE_WAY = `SELECT 1 FROM operation_locks mine
  JOIN operation_locks theirs ON theirs.subject = mine.subject AND theirs.operation_id <> mine.operation_id
    AND (mine.mode = 'EXCLUSIVE' OR theirs.mode = 'EXCLUSIVE')
  JOIN operations other ON other.id = theirs.operation_id
  WHERE mine.operation_id = o.id AND (other.state IN ('DISPATCHED','RUNNING') OR (other.seq < o.seq AND ${IS_DUE}))`;

/** Enters an operation in the line of each subject that it locks. */
export async function standInLine(manager: EntityManager, { id, seq, locks }: Operation): Promise<void> {
  if (locks.length === 0) {
    return;
  }
  const sorted = inFixedOrder(locks);
  await manager
    .createQueryBuilder()
    .insert()
    .into(LockSubjectEntity)
    .values(sorted.map(({ subject }) => ({ subject })))
    .orIgnore()
    .execute();
  await manager.getRepository(OperationLockEntity).insert(sorted.map((lock) => ({ ...lock, operationId: id, seq })));
}

export async function lockSubjects(manager: EntityManager, locks: readonly Lock[]): Promise<void> {
  for (const { subject, mode } of inFixedOrder(locks)) {
    await manager.getRepository(LockSubjectEntity).findOne({
      where: { subject },
      lock: { mode: mode === 'EXCLUSIVE' ? 'pessimistic_write' : 'pessimistic_read' },
    });
  }
}

/** Of each of these operations those in its way, the first in line first, at most so many. */
export async function blockerIds(
  manager: EntityManager,
  ids: readonly string[],
  limit: number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const pairs = await manager.query<{ id: string; blocker: string }[]>(
    `SELECT id, blocker FROM (
      SELECT mine.operation_id AS id, other.id AS blocker, other.seq AS seq,
        ROW_NUMBER() OVER (PARTITION BY mine.operation_id ORDER BY other.seq) AS place
      ${PAIRS_IN_CONFLICT} GROUP BY mine.operation_id, other.id, other.seq) AS line
    WHERE place <= ? ORDER BY seq`,
    [ids, limit],
  );
  const lines = [...grouped(pairs, ({ id }) => id)];
  return new Map(lines.map(([id, line]) => [id, line.map(({ blocker }) => blocker)]));
}

export async function countBlockers(
  manager: EntityManager,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await manager.query<{ id: string; blockers: string }[]>(
    `SELECT mine.operation_id AS id, COUNT(DISTINCT other.id) AS blockers
      ${PAIRS_IN_CONFLICT} GROUP BY mine.operation_id`,
    [ids],
  );
  return new Map(rows.map(({ id, blockers }) => [id, Number(blockers)]));
}

/** Who is queued for any of these subjects, the oldest first. */
export async function waitingForSubjects(
  manager: EntityManager,
  locks: readonly Lock[],
  limit: number,
): Promise<readonly string[]> {
  if (locks.length === 0) {
    return [];
  }
  const rows = await manager
    .getRepository(OperationEntity)
    .createQueryBuilder('o')
    .innerJoin(OperationLockEntity, 'l', 'l.operationId = o.id')
    .select('o.id', 'id')
    .distinct(true)
    .addSelect('o.seq', 'seq')
    .where('l.subject IN (:...subjects)', { subjects: locks.map((lock) => lock.subject) })
    .andWhere("o.state = 'QUEUED'")
    .orderBy('o.seq')
    .limit(limit)
    .getRawMany<{ id: string }>();
  return rows.map((row) => row.id);
}

/** So that two that stand in the same lines do not deadlock there. */
function inFixedOrder(locks: readonly Lock[]): readonly Lock[] {
  return [...locks].sort((a, b) => (a.subject < b.subject ? -1 : 1));
}
