import { readFile, rm, stat } from 'node:fs/promises';
import { z } from 'zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AcmeAccountWish } from '../../src/certificates/domain/acme/acme-account.js';
import type { TaskResult } from '../../src/operations/domain/task.js';
import { newId } from '../../src/shared/ids.js';
import type { PlainObject } from '../../src/shared/plain.js';
import { makeAccountKey } from '../../workers/acme/account-keys.js';
import { readAccount, writeAccount, type AcmeAccount } from '../../workers/acme/account-store.js';
import accountTask from '../../workers/tasks/server-acme-account.js';
import revokeTask from '../../workers/tasks/certificate-acme-revoke.js';
import { connectionTo } from '../../workers/acme/ca-connection.js';
import { rollAccountKey } from '../../workers/acme/roll-account-key.js';
import { startAcmeFront } from '../support/acme-front.js';
import { problemsOf, refusal, startAcmeLab, type AcmeLab } from '../support/acme-lab.js';
import { survives } from '../support/survives.js';
import { runTask } from '../support/run-task.js';

let lab: AcmeLab;
let strict: AcmeLab;

const HMAC = 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W';

beforeAll(async () => {
  lab = await startAcmeLab();
  strict = await startAcmeLab({ externalAccount: { keyId: 'kid-1', hmacKey: HMAC } });
});

afterAll(async () => {
  await lab.stop();
  await strict.stop();
});

const anAccount = (changes: Partial<AcmeAccountWish> = {}): AcmeAccountWish => ({
  ...lab.request().account,
  ...changes,
});

function act({ root, pebble }: AcmeLab, action: object, account: AcmeAccountWish = anAccount()): Promise<TaskResult> {
  const input = { acmeDirectory: root, ca: pebble.ca, account, action };
  return runTask(accountTask, input as unknown as PlainObject);
}

const output = (result: TaskResult): PlainObject =>
  result.status === 'ERROR' ? { ...result.failure } : (result.output ?? {});

const thumbprintOf = (result: TaskResult): string => z.string().parse(output(result)['thumbprint']);

const serverAccount = (of: AcmeLab, name = 'default') => readAccount(of.paths, of.pebble.ca.directoryUrl, name);

describe('an account', () => {
  it('has its key before the CA hears of it, and is registered once', async () => {
    const prepared = output(await act(lab, { kind: 'PREPARE' }));
    expect(prepared).toEqual({ thumbprint: lab.web.thumbprint, accountUrl: null, deactivated: false });
    const registered = await act(lab, { kind: 'REGISTER' });
    expect(registered.status).toBe('SUCCESS');
    expect(await act(lab, { kind: 'REGISTER' })).toMatchObject({ status: 'NOTHING_TO_DO', output: output(registered) });
    expect((await stat(lab.paths.key(lab.web.thumbprint))).mode & 0o777).toBe(0o600);
  });

  it('is found again by its key when the file is lost', async () => {
    const { accountUrl } = output(await act(lab, { kind: 'REGISTER' }));
    await rm(lab.paths.account(lab.pebble.ca.directoryUrl, 'default'));
    const again = output(await act(lab, { kind: 'REGISTER' }, anAccount({ termsOfServiceAgreed: false })));
    expect(again).toMatchObject({ accountUrl });
  });

  it('is not registered while nobody has agreed to the terms', async () => {
    const result = await act(
      lab,
      { kind: 'REGISTER' },
      anAccount({ name: 'no-terms', ownKey: true, termsOfServiceAgreed: false }),
    );
    expect(output(result)).toMatchObject({
      code: 'ACME_REFUSED',
      details: { problems: [{ cause: 'TERMS_NOT_AGREED', owner: 'US' }] },
    });
  });

  it('tells the CA a new contact address', async () => {
    await act(lab, { kind: 'REGISTER' });
    const result = await act(lab, { kind: 'REGISTER' }, anAccount({ contact: ['mailto:ops@example.test'] }));
    expect(result.status).toBe('SUCCESS');
    expect((await serverAccount(lab))?.contact).toEqual(['mailto:ops@example.test']);
  });

  it('whose key is gone is named, with its path', async () => {
    const thumbprint = thumbprintOf(await act(lab, { kind: 'REGISTER' }, anAccount({ name: 'lost', ownKey: true })));
    await rm(lab.paths.key(thumbprint));
    const result = output(await act(lab, { kind: 'REGISTER' }, anAccount({ name: 'lost', ownKey: true })));
    expect(result).toMatchObject({
      code: 'ACME_ACCOUNT_UNUSABLE',
      details: { path: lab.paths.key(thumbprint) },
    });
  });

  it('is registered again by a test, when the CA does not know it any more under its key', async () => {
    const account = anAccount({ name: 'tested', ownKey: true });
    const registered = output(await act(lab, { kind: 'REGISTER' }, account));
    const record = (await serverAccount(lab, 'tested'))!;
    const { thumbprint } = await makeAccountKey(lab.paths);
    await writeAccount(lab.paths, { ...record, thumbprint });
    const again = await act(lab, { kind: 'REGISTER' }, account);
    expect(again).toMatchObject({ status: 'SUCCESS', output: { thumbprint } });
    expect(output(again)['accountUrl']).not.toBe(registered['accountUrl']);
  });

  it('is registered already, and yet a test says that the CA cannot be reached', async () => {
    const front = await startAcmeFront(lab.pebble.ca);
    const there = { ...lab, pebble: { ...lab.pebble, ca: front.ca } };
    expect((await act(there, { kind: 'REGISTER' })).status).toBe('SUCCESS');
    expect((await act(there, { kind: 'REGISTER' })).status).toBe('NOTHING_TO_DO');
    await front.stop();
    const result = await act(there, { kind: 'REGISTER' });
    expect(output(result)).toMatchObject({
      code: 'ACME_UNAVAILABLE',
      details: { problems: [{ cause: 'CA_UNREACHABLE' }] },
    });
  });

  it('that the CA has forgotten is registered again, and the order goes through', async () => {
    const name = 'forgotten';
    await act(lab, { kind: 'REGISTER' }, anAccount({ name, ownKey: true }));
    const record = await serverAccount(lab, name);
    await writeAccount(lab.paths, { ...record!, url: `${record!.url}ffff` });
    const { outcome } = await lab.issue({ account: anAccount({ name, ownKey: true }) });
    expect({ status: outcome.status, url: (await serverAccount(lab, name))?.url }).toEqual({
      status: 'ISSUED',
      url: record!.url,
    });
  });
});

describe('an external account binding', () => {
  const external = (hmacKey: string, keyId = 'kid-1'): AcmeAccountWish =>
    anAccount({ externalAccount: { keyId, hmacKey: { value: hmacKey } } });

  it('missing or wrong is explained; right, it registers, and is not needed again', async () => {
    const missing = output(await act(strict, { kind: 'REGISTER' }));
    expect(missing).toMatchObject({ details: { problems: [{ cause: 'EXTERNAL_ACCOUNT_INVALID', owner: 'US' }] } });
    const wrong = output(await act(strict, { kind: 'REGISTER' }, external(`A${HMAC.slice(1)}`)));
    expect(wrong).toMatchObject({
      code: 'ACME_REFUSED',
      details: { problems: [{ cause: 'EXTERNAL_ACCOUNT_INVALID' }] },
    });
    expect((await act(strict, { kind: 'REGISTER' }, external(HMAC))).status).toBe('SUCCESS');
    expect((await strict.issue()).outcome.status).toBe('ISSUED');
    expect(await readFile(strict.paths.account(strict.pebble.ca.directoryUrl, 'default'), 'utf8')).not.toContain(HMAC);
  });
});

describe('a new account key', () => {
  it('takes over: orders go through before and after the line of the web server has its thumbprint', async () => {
    const registered = await act(lab, { kind: 'REGISTER' });
    const before = output(registered);
    const action = { kind: 'ROLL_KEY', fromThumbprint: thumbprintOf(registered), makeDefault: true };
    const rolled = await act(lab, action);
    const after = output(rolled);
    expect({ status: rolled.status, url: after['accountUrl'] }).toEqual({
      status: 'SUCCESS',
      url: before['accountUrl'],
    });
    expect(after['thumbprint']).not.toBe(before['thumbprint']);
    expect((await act(lab, action)).status).toBe('NOTHING_TO_DO');
    expect((await lab.issue({ servedThumbprints: [lab.web.thumbprint] })).outcome.status).toBe('ISSUED');
    lab.web.thumbprint = thumbprintOf(rolled);
    expect((await lab.issue({ servedThumbprints: [lab.web.thumbprint] })).outcome.status).toBe('ISSUED');
  });

  it.each([
    ['before the CA heard of it', false],
    ['after the CA took it', true],
  ])('cut off %s, is in force with the next order', async (_, told) => {
    const account = anAccount({ name: told ? 'cut-after' : 'cut-before', ownKey: true });
    await act(lab, { kind: 'REGISTER' }, account);
    const record = (await serverAccount(lab, account.name))!;
    const next = await makeAccountKey(lab.paths);
    if (told) {
      await act(lab, { kind: 'ROLL_KEY', fromThumbprint: record.thumbprint, toThumbprint: next.thumbprint }, account);
    }
    await writeAccount(lab.paths, { ...record, nextThumbprint: next.thumbprint });
    expect((await lab.issue({ account })).outcome.status).toBe('ISSUED');
    expect(await serverAccount(lab, account.name)).toEqual({ ...record, thumbprint: next.thumbprint });
  });
});

describe('an account that two providers share', () => {
  const shared = async (): Promise<{ one: AcmeAccountWish; other: AcmeAccountWish; record: AcmeAccount }> => {
    const one = anAccount({ name: newId() });
    const other = anAccount({ name: newId() });
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

describe('a revocation', () => {
  const revoke = (of: AcmeLab, certificatePem: string, by: object, reason = 'SUPERSEDED'): Promise<TaskResult> =>
    runTask(revokeTask, {
      acmeDirectory: of.root,
      ca: of.pebble.ca,
      certificatePem,
      reason,
      by,
    } as unknown as PlainObject);

  it('by the account is done once', async () => {
    const { outcome } = await lab.issue();
    const pem = outcome.status === 'ISSUED' ? outcome.certificatePem : '';
    const by = { kind: 'ACCOUNT', account: anAccount() };
    expect(await revoke(lab, pem, by)).toEqual({ status: 'SUCCESS' });
    expect(await revoke(lab, pem, by)).toEqual({ status: 'NOTHING_TO_DO' });
  });

  it('by another account is refused', async () => {
    const { outcome } = await lab.issue();
    const pem = outcome.status === 'ISSUED' ? outcome.certificatePem : '';
    const by = { kind: 'ACCOUNT', account: anAccount({ name: 'stranger', ownKey: true }) };
    expect(output(await revoke(lab, pem, by))).toMatchObject({ code: 'ACME_REFUSED' });
  });
});

describe('a deactivation', () => {
  it('is for good: the next account of that name has another key', async () => {
    const account = anAccount({ name: 'gone', ownKey: true });
    const first = output(await act(lab, { kind: 'REGISTER' }, account));
    expect(output(await act(lab, { kind: 'DEACTIVATE' }, account))).toEqual({ ...first, deactivated: true });
    expect((await act(lab, { kind: 'DEACTIVATE' }, account)).status).toBe('NOTHING_TO_DO');
    const second = output(await act(lab, { kind: 'REGISTER' }, account));
    expect(second['accountUrl']).not.toBe(first['accountUrl']);
    expect(second['thumbprint']).not.toBe(first['thumbprint']);
  });

  it('made elsewhere shows as a blocked account', async () => {
    const account = anAccount({ name: 'blocked', ownKey: true });
    await act(lab, { kind: 'REGISTER' }, account);
    const record = (await serverAccount(lab, 'blocked'))!;
    await act(lab, { kind: 'DEACTIVATE' }, account);
    await writeAccount(lab.paths, record);
    expect(refusal(await lab.issue({ account })).causes).toEqual({ order: 'ACCOUNT_BLOCKED' });
    expect(output(await act(lab, { kind: 'REGISTER' }, account))).toMatchObject({
      code: 'ACME_REFUSED',
      details: { problems: [{ cause: 'ACCOUNT_BLOCKED' }] },
    });
  });
});
