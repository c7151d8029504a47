import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { In, LessThan, MoreThan } from 'typeorm';
import { DatabaseSession } from '../../database/database-session.js';
import { CaLimitStore, type OrderCharge } from '../application/rate-limits/ca-limit-store.js';
import { CaLimitLevelEntity, CaOrderChargeEntity } from './ca-limit.entities.js';

@Injectable()
export class TypeormCaLimitStore extends CaLimitStore {
  constructor(private readonly session: DatabaseSession) {
    super();
  }

  async read(directoryUrl: string, keys: readonly string[]): Promise<Map<string, number>> {
    const ids = idsOf(directoryUrl, keys);
    return levelsOf(ids, await this.#levels.findBy({ id: In([...ids.keys()]) }));
  }

  async lock(directoryUrl: string, keys: readonly string[], now: Date): Promise<Map<string, number>> {
    const ids = idsOf(directoryUrl, keys);
    if (ids.size === 0) {
      return new Map();
    }
    const sorted = [...ids.keys()].toSorted();
    // Two that find no row at once would both insert one. Not `orIgnore`, which takes a shared lock of what is there: two that have it
    // wait for each other. In one order, for the same reason.
    const missing = sorted.map((id) => ({ id, fullAt: now }));
    await this.#levels.createQueryBuilder().insert().values(missing).orUpdate(['id'], ['id']).execute();
    const rows = await this.#levels.find({
      where: { id: In(sorted) },
      order: { id: 'ASC' },
      lock: { mode: 'pessimistic_write' },
    });
    return levelsOf(ids, rows);
  }

  async put(directoryUrl: string, levels: ReadonlyMap<string, number>): Promise<void> {
    const rows = [...levels].map(([key, level]) => ({
      id: idOf(directoryUrl, key),
      fullAt: new Date(Math.ceil(level)),
    }));
    if (rows.length > 0) {
      await this.#levels.upsert(rows, ['id']);
    }
  }

  async forgetFull(now: Date): Promise<void> {
    await this.#levels.delete({ fullAt: LessThan(now) });
  }

  async addCharge(charge: OrderCharge): Promise<void> {
    await this.#charges.insert({ ...charge });
  }

  charges(after: string, limit: number): Promise<readonly OrderCharge[]> {
    return this.#charges.find({ where: { operationId: MoreThan(after) }, order: { operationId: 'ASC' }, take: limit });
  }

  async takeCharge(operationId: string): Promise<boolean> {
    return (await this.#charges.delete({ operationId })).affected === 1;
  }

  get #levels() {
    return this.session.repository(CaLimitLevelEntity);
  }

  get #charges() {
    return this.session.repository(CaOrderChargeEntity);
  }
}

const idOf = (directoryUrl: string, key: string): string =>
  createHash('sha256').update(`${directoryUrl}\n${key}`).digest('hex');

/** From the id of each row to its key. */
function idsOf(directoryUrl: string, keys: readonly string[]): ReadonlyMap<string, string> {
  return new Map(keys.map((key) => [idOf(directoryUrl, key), key]));
}

function levelsOf(ids: ReadonlyMap<string, string>, rows: readonly CaLimitLevelEntity[]): Map<string, number> {
  return new Map(rows.map(({ id, fullAt }) => [ids.get(id)!, fullAt.getTime()]));
}
