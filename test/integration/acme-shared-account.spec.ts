import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AcmeAccountWish } from '../../src/certificates/domain/acme/acme-account.js';
import type { TaskResult } from '../../src/operations/domain/task.js';
import { newId } from '../../src/shared/ids.js';
import { makeAccountKey } from '../../workers/acme/account-keys.js';
import { writeAccount, type AcmeAccount } from '../../workers/acme/account-store.js';
import { connectionTo } from '../../workers/acme/ca-connection.js';
import { rollAccountKey } from '../../workers/acme/roll-account-key.js';
import { accountOf, act, serverAccount, thumbprintOf } from '../support/acme-accounts.js';
import { problemsOf, startAcmeLab, type AcmeLab } from '../support/acme-lab.js';
import { survives } from '../support/survives.js';

let lab: AcmeLab;

beforeAll(async () => {
  lab = await startAcmeLab();
});

afterAll(() => lab.stop());

describe('an account that two providers share', () => {
  const shared = async (): Promise<{ one: AcmeAccountWish; other: AcmeAccountWish; record: AcmeAccount }> => {
    const one = accountOf(lab, { name: newId() });
    const other = accountOf(lab, { name: newId() });
    const { thumbprint } = await makeAccountKey(lab.paths);
    for (const account of [one, other]) {
      await act(lab, { kind: 'PREPARE' }, account);
      await writeAccount(lab.paths, { ...(await serverAccount(lab, account.name))!, thumbprint });
    }
    await act(lab, { kind: 'REGISTER' }, one);
    return { one, other, record: (await serverAccount(lab, one.name))! };
  };
  const roll = (account: AcmeAccountWish, { thumbprint }: AcmeAccount): Promise<TaskResult> =>
    act(lab, { kind: 'ROLL_KEY', fromThumbprint: thumbprint }, account);
  const keyAndPlace = async ({ name }: AcmeAccountWish): Promise<object> => {
    const { thumbprint, nextThumbprint, url } = (await serverAccount(lab, name))!;
    return { thumbprint, nextThumbprint, url };
  };

  it.each([
    ['is at the CA', true],
    ['does not know of it yet', false],
  ])('gets its new key for both, also where the other %s', async (_, registered) => {
    const { one, other, record } = await shared();
    if (registered) {
      await act(lab, { kind: 'REGISTER' }, other);
    }
    const thumbprint = thumbprintOf(await roll(one, record));
    expect(thumbprint).not.toBe(record.thumbprint);
    for (const account of [other, one]) {
      expect(problemsOf(await lab.issue({ account }))).toEqual([]);
      expect(await keyAndPlace(account)).toEqual({ thumbprint, nextThumbprint: null, url: record.url });
    }
    expect((await roll(other, record)).status).toBe('NOTHING_TO_DO');
  });

  it.each([
    ['the one that was rolled over', 'one'],
    ['the other', 'other'],
  ] as const)('killed anywhere on the way to its new key, is finished by %s', async (_, first) => {
    let boundaries = 1;
    for (let survived = false; !survived; boundaries += 1) {
      const { one, other, record } = await shared();
      await act(lab, { kind: 'REGISTER' }, other);
      survived = await survives(boundaries, (trace) =>
        rollAccountKey(
          {
            paths: lab.paths,
            connection: connectionTo(lab.pebble.ca),
            signal: new AbortController().signal,
            log: () => undefined,
            trace,
          },
          record,
        ),
      );
      const order = first === 'one' ? [one, other] : [other, one];
      for (const account of order) {
        expect({ boundaries, problems: problemsOf(await lab.issue({ account })) }).toEqual({
          boundaries,
          problems: [],
        });
      }
      await roll(one, record);
      expect(problemsOf(await lab.issue({ account: other }))).toEqual([]);
      const both = await Promise.all(order.map(keyAndPlace));
      expect(both[0]).toEqual({ ...both[1], url: record.url, nextThumbprint: null });
      expect(both[0]).not.toMatchObject({ thumbprint: record.thumbprint });
    }
    expect(boundaries).toBeGreaterThan(6);
  });

  it('that has the same key but another place is another account, and keeps its key', async () => {
    const { one, other, record } = await shared();
    const elsewhere = { ...(await serverAccount(lab, other.name))!, url: `${record.url}0` };
    await writeAccount(lab.paths, elsewhere);
    await roll(one, record);
    expect(await serverAccount(lab, other.name)).toEqual(elsewhere);
  });

  it('that the CA has forgotten in the middle of it is registered anew by both, as one', async () => {
    const { one, other, record } = await shared();
    const next = await makeAccountKey(lab.paths);
    for (const { name } of [one, other]) {
      await writeAccount(lab.paths, { ...record, name, url: `${record.url}ffff`, nextThumbprint: next.thumbprint });
    }
    for (const account of [one, other]) {
      expect(problemsOf(await lab.issue({ account }))).toEqual([]);
    }
    expect(await keyAndPlace(one)).toEqual(await keyAndPlace(other));
    expect(await keyAndPlace(one)).toMatchObject({ thumbprint: next.thumbprint });
  });

  it('and that is deactivated by one is no account of the other either', async () => {
    const { one, other, record } = await shared();
    await act(lab, { kind: 'REGISTER' }, other);
    await act(lab, { kind: 'DEACTIVATE' }, one);
    expect(problemsOf(await lab.issue({ account: other }))).toEqual([]);
    expect(await keyAndPlace(other)).not.toMatchObject({ url: record.url });
  });
});
