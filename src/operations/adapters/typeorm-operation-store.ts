import { Injectable } from '@nestjs/common';
import { In, type SelectQueryBuilder } from 'typeorm';
import { DatabaseSession } from '../../database/database-session.js';
import { selectPage, whereEqual } from '../../database/select-page.js';
import { updateEach, type RowUpdate } from '../../database/update-each.js';
import { grouped } from '../../shared/grouped.js';
import type { Page } from '../../shared/page.js';
import { endsHere, type Advance, type OperationChange } from '../domain/advance.js';
import type { Lock } from '../domain/lock.js';
import type { Drift } from '../domain/drift.js';
import { mayBecome } from '../domain/operation-state.js';
import type { Operation, OperationEvent, OperationTask } from '../domain/operation.js';
import type { PlannedTask, SubjectType } from '../domain/task.js';
import { OperationStore, type NewOperation, type OperationFilter } from '../application/operation-store.js';
import {
  blockerIds,
  countBlockers,
  IN_THE_WAY,
  lockSubjects,
  standInLine,
  waitingForSubjects,
} from './operation-line.js';
import {
  OperationDriftEntity,
  OperationEventEntity,
  OperationLockEntity,
  OperationTaskEntity,
} from './operation-parts.entities.js';
import { OperationEntity } from './operation.entity.js';

/** As much of a message as a row holds. */
const MAX_MESSAGE = 4_000;

@Injectable()
export class TypeormOperationStore extends OperationStore {
  constructor(private readonly session: DatabaseSession) {
    super();
  }

  async insert(operation: NewOperation): Promise<Operation> {
    const { generatedMaps } = await this.#operations.insert(row({ ...operation, lastEvent: 1 }));
    const seq = Number(generatedMaps[0]!['seq']);
    const inserted = { ...operation, seq, lastEvent: 1 };
    await standInLine(this.session.manager, inserted);
    const queued = { type: 'STATE', at: operation.createdAt, status: 'QUEUED', task: null, message: null } as const;
    await this.#insertEvents([{ ...queued, operationId: operation.id, position: 1 }]);
    return inserted;
  }

  find(id: string): Promise<Operation | null> {
    return this.#operations.findOneBy({ id });
  }

  findMany(ids: readonly string[]): Promise<readonly Operation[]> {
    return this.#operations.findBy({ id: In(ids) });
  }

  list(filter: OperationFilter, page: Page): Promise<readonly Operation[]> {
    return selectPage(this.#filtered(filter), page);
  }

  count(filter: OperationFilter): Promise<number> {
    return this.#filtered(filter).getCount();
  }

  async newestOf(type: SubjectType, subjectIds: readonly string[]): Promise<ReadonlyMap<string, Operation>> {
    if (subjectIds.length === 0) {
      return new Map();
    }
    const rows = await this.#operations
      .createQueryBuilder('o')
      .where(
        `o.id IN (SELECT MAX(n.id) FROM operations n
          WHERE n.subject_type = :type AND n.subject_id IN (:...subjectIds) GROUP BY n.subject_id)`,
        { type, subjectIds },
      )
      .getMany();
    return new Map(rows.map((row) => [row.subjectId, row]));
  }

  lock(id: string): Promise<Operation | null> {
    return this.#operations.findOne({ where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  async lockMany(ids: readonly string[]): Promise<readonly Operation[]> {
    return this.#operations.find({
      where: { id: In([...ids]) },
      order: { id: 'ASC' },
      lock: { mode: 'pessimistic_write' },
    });
  }

  async advance(advances: readonly Advance[]): Promise<void> {
    for (const { operation, state } of advances) {
      if (state !== operation.state && !mayBecome(operation.state, state)) {
        throw new Error(`Operation ${operation.id} cannot become ${state} from ${operation.state}.`);
      }
    }
    const { manager } = this.session;
    const found = await updateEach<OperationEntity>(manager, OperationEntity, advances.map(operationUpdate));
    if (found !== advances.length) {
      throw new Error(`${advances.length - found} of ${advances.length} operations have moved on meanwhile.`);
    }
    const tasks = advances.flatMap(taskUpdates);
    if (tasks.length > 0) {
      await updateEach<OperationTaskEntity>(manager, OperationTaskEntity, tasks);
    }
    await this.#insertEvents(advances.flatMap(newEvents));
    const ended = advances.filter(endsHere).map(({ operation }) => operation.id);
    if (ended.length > 0) {
      await this.session.repository(OperationLockEntity).delete({ operationId: In(ended) });
    }
  }

  async update(id: string, change: OperationChange): Promise<void> {
    await this.#operations.update({ id }, row({ ...change }));
  }

  lockSubjects(locks: readonly Lock[]): Promise<void> {
    return lockSubjects(this.session.manager, locks);
  }

  async blockers({ id }: Operation, limit: number): Promise<readonly Operation[]> {
    return (await this.blockersOf([id], limit)).get(id) ?? [];
  }

  async countBlockers({ id }: Operation): Promise<number> {
    return (await this.countBlockersOf([id])).get(id) ?? 0;
  }

  async blockersOf(ids: readonly string[], limit: number): Promise<ReadonlyMap<string, readonly Operation[]>> {
    const lines = await blockerIds(this.session.manager, ids, limit);
    const found = await this.findMany([...new Set([...lines.values()].flat())]);
    const byId = new Map(found.map((operation) => [operation.id, operation]));
    return new Map([...lines].map(([id, line]) => [id, line.flatMap((blocker) => byId.get(blocker) ?? [])]));
  }

  countBlockersOf(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return countBlockers(this.session.manager, ids);
  }

  waitingFor({ locks }: Operation, limit: number): Promise<readonly string[]> {
    return waitingForSubjects(this.session.manager, locks, limit);
  }

  async replaceTasks({ id, attempt }: Operation, tasks: readonly PlannedTask[]): Promise<void> {
    const repository = this.session.repository(OperationTaskEntity);
    if (attempt > 0) {
      await repository.delete({ operationId: id });
    }
    if (tasks.length === 0) {
      return;
    }
    await repository.insert(
      tasks.map((planned, position) => ({
        operationId: id,
        position,
        name: planned.name,
        state: 'PENDING' as const,
        planned: planned as never,
        startedAt: null,
        finishedAt: null,
      })),
    );
  }

  async tasks(ids: readonly string[]): Promise<readonly OperationTask[]> {
    return this.session.repository(OperationTaskEntity).find({
      where: { operationId: In(ids) },
      order: { operationId: 'ASC', position: 'ASC' },
      select: { operationId: true, position: true, name: true, state: true, startedAt: true, finishedAt: true },
    });
  }

  async plannedTasks(id: string): Promise<readonly PlannedTask[]> {
    const rows = await this.session
      .repository(OperationTaskEntity)
      .find({ where: { operationId: id }, order: { position: 'ASC' } });
    return rows.map((row) => row.planned);
  }

  async putDrift(operationId: string, position: number, drift: Drift | null): Promise<void> {
    const rows = this.session.repository(OperationDriftEntity);
    await (drift === null ? rows.delete({ operationId, position }) : rows.save({ operationId, position, drift }));
  }

  async driftsOf(ids: readonly string[]): Promise<ReadonlyMap<string, readonly Drift[]>> {
    const rows = await this.session
      .repository(OperationDriftEntity)
      .find({ where: { operationId: In(ids) }, order: { operationId: 'ASC', position: 'ASC' } });
    const found = grouped(rows, ({ operationId }) => operationId);
    return new Map([...found].map(([id, its]) => [id, its.map(({ drift }) => drift)] as const));
  }

  events(id: string, after: number, limit: number): Promise<readonly OperationEvent[]> {
    return this.#eventsAfter(id, after).limit(limit).getMany();
  }

  async logLines(
    ids: readonly string[],
    after: number,
    limit: number,
  ): Promise<ReadonlyMap<string, readonly OperationEvent[]>> {
    // A limit for each reads as few rows as are shown; ranking all lines of all operations would read every one.
    const each = `(SELECT operation_id AS operationId, position, type, at, status, task, message
      FROM operation_events WHERE operation_id = ? AND position > ? AND type = 'LOG' ORDER BY position LIMIT ?)`;
    const lines = await this.session.manager.query<OperationEvent[]>(
      ids.map(() => each).join(' UNION ALL '),
      ids.flatMap((id) => [id, after, limit]),
    );
    return grouped(
      lines.toSorted((a, b) => a.position - b.position),
      ({ operationId }) => operationId,
    );
  }

  due(now: Date, limit: number): Promise<readonly string[]> {
    return this.#ids(
      `o.state = 'QUEUED' AND (o.notBefore IS NULL OR o.notBefore <= :now) AND NOT EXISTS (${IN_THE_WAY})`,
      { now },
      limit,
    );
  }

  unheard(before: Date, limit: number): Promise<readonly Operation[]> {
    return this.#operations
      .createQueryBuilder('o')
      .where("o.state = 'DISPATCHED' AND o.dispatchedAt < :before AND o.leaseUntil IS NULL", { before })
      .orderBy('o.seq')
      .limit(limit)
      .getMany();
  }

  leaseExpired(now: Date, limit: number): Promise<readonly string[]> {
    return this.#ids("o.state IN ('DISPATCHED','RUNNING') AND o.leaseUntil < :now", { now }, limit);
  }

  cancelPending(before: Date, limit: number): Promise<readonly Operation[]> {
    return this.#operations
      .createQueryBuilder('o')
      .where("o.state IN ('DISPATCHED','RUNNING') AND o.cancelRequestedAt < :before", { before })
      .limit(limit)
      .getMany();
  }

  async extendLeases(
    serverId: string,
    operations: readonly { readonly id: string; readonly attempt: number }[],
    until: Date,
  ): Promise<void> {
    for (const [attempt, group] of grouped(operations, (operation) => operation.attempt)) {
      await this.#operations.update(
        { id: In(group.map(({ id }) => id)), attempt, serverId, state: In(['DISPATCHED', 'RUNNING']) },
        { leaseUntil: until },
      );
    }
  }

  async #insertEvents(events: readonly OperationEvent[]): Promise<void> {
    if (events.length > 0) {
      await this.session.repository(OperationEventEntity).insert(events.map((event) => ({ ...event })));
    }
  }

  get #operations() {
    return this.session.repository(OperationEntity);
  }

  #eventsAfter(id: string, after: number): SelectQueryBuilder<OperationEventEntity> {
    return this.session
      .repository(OperationEventEntity)
      .createQueryBuilder('e')
      .where('e.operationId = :id AND e.position > :after', { id, after })
      .orderBy('e.position');
  }

  async #ids(where: string, parameters: { readonly now: Date }, limit: number): Promise<readonly string[]> {
    const rows = await this.#operations
      .createQueryBuilder('o')
      .select('o.id', 'id')
      .where(where, parameters)
      .orderBy('o.seq')
      .limit(limit)
      .getRawMany<{ id: string }>();
    return rows.map((row) => row.id);
  }

  #filtered(filter: OperationFilter): SelectQueryBuilder<OperationEntity> {
    return whereEqual(this.#operations.createQueryBuilder('o'), filter);
  }
}

/** TypeORM's type of a partial entity is deeper than the compiler follows. */
const row = (values: Partial<Operation>): never => values as never;

function operationUpdate({ operation, state, change, history }: Advance): RowUpdate<OperationEntity> {
  return {
    key: { id: operation.id },
    guard: { state: operation.state, lastEvent: operation.lastEvent },
    set: row({ ...change, state, lastEvent: operation.lastEvent + history.length }),
  };
}

function taskUpdates({ operation, tasks }: Advance): readonly RowUpdate<OperationTaskEntity>[] {
  return [...tasks].map(([position, set]) => ({ key: { operationId: operation.id, position }, set }));
}

function newEvents({ operation, history }: Advance): readonly OperationEvent[] {
  return history.map((event, index) => ({
    ...event,
    operationId: operation.id,
    position: operation.lastEvent + 1 + index,
    message: event.message?.slice(0, MAX_MESSAGE) ?? null,
  }));
}
