import { beforeEach, describe, expect, it } from 'vitest';
import type { OperationRequest, OperationStore, RequestOperation } from '../../../operations/index.js';
import type { Server, ServerStore } from '../../../servers/index.js';
import type { Leases } from '../../../shared/leases.js';
import type { Page } from '../../../shared/page.js';
import type { UnitOfWork } from '../../../shared/unit-of-work.js';
import { HOUR_MS, after } from '../../domain/renewal/life.js';
import { RequestHandshakes } from './request-handshakes.js';

const START = new Date('2026-01-01T00:00:00.000Z');

let servers: Pick<Server, 'id' | 'name' | 'status'>[];
let states: Map<string, string>;
let requested: string[];
let handshakes: RequestHandshakes;

beforeEach(() => {
  servers = [];
  states = new Map();
  requested = [];
  const serverStore = {
    list: async ({ status }: { status?: string }, { after: last, take }: Page) =>
      servers.filter((one) => one.status === (status ?? one.status) && one.id > (last ?? '')).slice(0, take),
  } as unknown as ServerStore;
  const operations = {
    list: async ({ subjectId }: { subjectId: string }) =>
      states.has(subjectId) ? [{ state: states.get(subjectId) }] : [],
  } as unknown as OperationStore;
  const request = {
    execute: async ({ subject }: OperationRequest) => {
      requested.push(subject.id);
      states.set(subject.id, 'QUEUED');
    },
  } as unknown as RequestOperation;
  const ends = new Map<string, { readonly token: number; readonly until: Date }>();
  const leases = {
    acquire: async (name: string, _: string, now: Date, until: Date) => {
      const held = ends.get(name);
      if (held && held.until > now) {
        return null;
      }
      const token = (held?.token ?? 0) + 1;
      ends.set(name, { token, until });
      return token;
    },
  } as unknown as Leases;
  const unitOfWork = { run: (work: () => Promise<unknown>) => work() } as unknown as UnitOfWork;
  handshakes = new RequestHandshakes(serverStore, operations, request, leases, unitOfWork);
});

function addServers(count: number): void {
  servers = Array.from({ length: count }, (_, index) => {
    const id = `s${String(index).padStart(5, '0')}`;
    return { id, name: id, status: 'ENABLED' };
  });
}

describe('handshakes', () => {
  it('are requested for every server that is enabled, an hour after it is seen first', async () => {
    addServers(2_001);
    servers.push({ id: 't', name: 't', status: 'LOCKED' });
    await handshakes.execute(START);
    expect(requested).toEqual([]);
    await handshakes.execute(after(START, HOUR_MS));
    expect(requested).toHaveLength(2_001);
    await handshakes.execute(after(START, HOUR_MS + 1));
    expect(requested).toHaveLength(2_001);
  });

  it('are not requested again before the last have ended, however long the runner is down', async () => {
    addServers(1);
    for (let hour = 0; hour < 5; hour += 1) {
      await handshakes.execute(after(START, hour * HOUR_MS));
    }
    expect(requested).toHaveLength(1);
    states.set('s00000', 'SUCCEEDED');
    await handshakes.execute(after(START, 5 * HOUR_MS));
    expect(requested).toHaveLength(2);
  });
});
