import { describe, expect, it } from 'vitest';
import { CoveringCertificates } from '../../src/certificates/application/covering-certificates.js';
import { FindCertificates, type CertificateSearch } from '../../src/certificates/application/find-certificates.js';
import { TOLD_STATUSES, toldStatus } from '../../src/certificates/domain/told-status.js';
import { DAY_MS, after } from '../../src/certificates/domain/renewal/life.js';
import type { Actor } from '../../src/shared/actor.js';
import { START, eachWithRenewalWorld, type RenewalWorld } from '../support/renewal-world.js';

const OPERATOR: Actor = { tokenId: 't', role: 'OPERATOR', clientId: null, label: 'a person' };
const OTHER: Actor = { tokenId: 't', role: 'CLIENT', clientId: 'b', label: 'another tenant' };
const PAGE = { direction: 'FORWARD', size: 100, take: 101, after: null, before: null } as const;

let world: RenewalWorld;
eachWithRenewalWorld((made) => {
  world = made;
});

describe('certificates by status', () => {
  it('are those that are told to have it, the moment that one expires included', async () => {
    const find = new FindCertificates(world.certificates, world.clock);
    const names = async (search: CertificateSearch, actor = OPERATOR): Promise<readonly string[]> => {
      const found = await find.page(search, PAGE, actor);
      expect(await find.count(search, actor)).toBe(found.length);
      return found.map((certificate) => certificate.names[0] ?? '').sort();
    };
    await world.inForce(['lives.test'], { notAfter: after(START, 2 * DAY_MS) });
    await world.inForce(['ends.test'], { notAfter: START });
    await world.inForce(['ended.test'], { notAfter: after(START, -DAY_MS) });
    await world.inForce(['revoked.test'], { status: 'REVOKED', notAfter: after(START, -DAY_MS) });
    await world.certificates.insert(world.wanted('asked.test'));
    expect(await names({ status: 'ACTIVE' })).toEqual(['lives.test']);
    expect(await names({ status: 'EXPIRED' })).toEqual(['ended.test', 'ends.test']);
    expect(await names({ status: 'EXPIRED', expiresBefore: after(START, -1) })).toEqual(['ended.test']);
    expect(await names({ status: 'ACTIVE', expiresBefore: after(START, DAY_MS) })).toEqual([]);
    expect(await names({ status: 'PENDING' })).toEqual(['asked.test']);
    expect(await names({ status: 'EXPIRED' }, OTHER)).toEqual([]);
    for (const status of TOLD_STATUSES) {
      for (const certificate of await find.page({ status }, PAGE, OPERATOR)) {
        expect(toldStatus(certificate, world.clock.now())).toBe(status);
      }
    }
  });
});

describe('coverage of many sites at a time', () => {
  it('is for each what it is alone: of its own client and server', async () => {
    const covering = new CoveringCertificates(world.certificates, world.clock);
    const life = { status: 'ACTIVE', notBefore: START, notAfter: after(START, 80 * DAY_MS) } as const;
    const mine = { ...world.wanted('a.test', '*.a.test'), ...life, spki: 'a'.repeat(64) };
    await world.certificates.insert(mine);
    await world.certificates.insert({ ...world.wanted('b.test'), ...life, spki: 'b'.repeat(64), clientId: 'b' });
    const { serverId } = world;
    const all = [
      { clientId: 'a', serverId, names: ['a.test', 'www.a.test', 'b.test'] },
      { clientId: 'b', serverId, names: ['b.test', 'a.test'] },
      { clientId: 'a', serverId: START.toISOString(), names: ['a.test'] },
      { clientId: 'a', serverId, names: [] },
    ];
    const found = await covering.ofMany(all);
    for (const one of all) {
      expect(found.get(one)).toEqual(await covering.of(one.clientId, one.serverId, one.names));
    }
    const states = all.map((one) => found.get(one)?.map(({ state }) => state));
    expect(states).toEqual([['COVERED', 'COVERED', 'BLOCKED'], ['COVERED', 'BLOCKED'], ['BLOCKED'], []]);
  });
});
