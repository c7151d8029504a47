import { Leases } from '../shared/leases.js';
import type { UnitOfWork } from '../shared/unit-of-work.js';
import type { DatabaseSession } from './database-session.js';
import { LeaseEntity } from './lease.entity.js';

export class TypeormLeases extends Leases {
  constructor(
    private readonly session: DatabaseSession,
    private readonly unitOfWork: UnitOfWork,
  ) {
    super();
  }

  acquire(name: string, holder: string, now: Date, until: Date): Promise<number | null> {
    return this.unitOfWork.run(async () => {
      const rows = this.session.repository(LeaseEntity);
      // Two that find no row at once would both insert one: the second finds the first's.
      await rows.createQueryBuilder().insert().orIgnore().values({ name, holder, token: 0, expiresAt: now }).execute();
      const lease = await rows.findOneOrFail({ where: { name }, lock: { mode: 'pessimistic_write' } });
      const isOwn = lease.token > 0 && lease.holder === holder;
      if (!isOwn && lease.token > 0 && lease.expiresAt > now) {
        return null;
      }
      const token = isOwn ? lease.token : lease.token + 1;
      await rows.update({ name }, { holder, token, expiresAt: until });
      return token;
    });
  }

  async isHeld(name: string, token: number): Promise<boolean> {
    const rows = this.session.repository(LeaseEntity);
    const lease = await rows.findOne({ where: { name }, lock: { mode: 'pessimistic_read' } });
    return lease?.token === token;
  }
}
