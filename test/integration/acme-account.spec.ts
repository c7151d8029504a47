import { X509Certificate } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AcmeAccountWish } from '../../src/certificates/domain/acme/acme-account.js';
import { fingerprintOf } from '../../src/certificates/domain/certificate-facts.js';
import type { TaskResult } from '../../src/operations/domain/task.js';
import { newId } from '../../src/shared/ids.js';
import type { PlainObject } from '../../src/shared/plain.js';
import { defaultAccountKey, makeAccountKey } from '../../workers/acme/account-keys.js';
import { writeAccount } from '../../workers/acme/account-store.js';
import revokeTask from '../../workers/tasks/certificate-acme-revoke.js';
import { SERVER, accountOf, act, output, serverAccount, thumbprintOf } from '../support/acme-accounts.js';
import { startAcmeFront } from '../support/acme-front.js';
import { refusal, startAcmeLab, type AcmeLab } from '../support/acme-lab.js';
import { startPebble } from '../support/pebble.js';
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

const anAccount = (changes: Partial<AcmeAccountWish> = {}): AcmeAccountWish => accountOf(lab, changes);

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
    const action = { kind: 'ROLL_KEY', fromThumbprint: thumbprintOf(registered) };
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
    const thumbprint = told
      ? thumbprintOf(await act(lab, { kind: 'ROLL_KEY', fromThumbprint: record.thumbprint }, account))
      : (await makeAccountKey(lab.paths)).thumbprint;
    await writeAccount(lab.paths, { ...record, nextThumbprint: thumbprint });
    expect((await lab.issue({ account })).outcome.status).toBe('ISSUED');
    expect(await serverAccount(lab, account.name)).toEqual({ ...record, thumbprint });
  });

  it('is the one that the web server is to answer for, and that the accounts at other CAs get next', async () => {
    const registered = await act(lab, { kind: 'REGISTER' });
    const rolled = await act(lab, { kind: 'ROLL_KEY', fromThumbprint: thumbprintOf(registered) });
    const acmeThumbprint = thumbprintOf(rolled);
    const answered = [{ subject: 'server', id: SERVER, fields: { acmeThumbprint } }];
    expect(rolled).toMatchObject({ fields: answered });
    const another = accountOf(lab, { name: 'made-later' });
    expect(thumbprintOf(await act(lab, { kind: 'REGISTER' }, another))).toBe(acmeThumbprint);
    // One that has kept the key before, as it is at another CA.
    const elsewhere = await startPebble();
    const file = lab.paths.account(elsewhere.ca.directoryUrl, 'default');
    const record = { ...(await serverAccount(lab))!, directoryUrl: elsewhere.ca.directoryUrl, url: null };
    await writeAccount(lab.paths, { ...record, thumbprint: thumbprintOf(registered) });
    const there = { ...lab, pebble: elsewhere };
    const followed = await act(there, { kind: 'ROLL_KEY', fromThumbprint: thumbprintOf(registered) });
    await elsewhere.stop();
    expect(followed).toMatchObject({ status: 'SUCCESS', fields: answered });
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ thumbprint: acmeThumbprint });
  });

  it("of a client's own account is nothing that the web server answers for", async () => {
    const account = anAccount({ name: 'own-rolled', ownKey: true });
    const fromThumbprint = thumbprintOf(await act(lab, { kind: 'REGISTER' }, account));
    const before = (await defaultAccountKey(lab.paths)).thumbprint;
    const rolled = await act(lab, { kind: 'ROLL_KEY', fromThumbprint }, account);
    expect(rolled).toMatchObject({ status: 'SUCCESS' });
    expect(rolled).not.toHaveProperty('fields');
    expect((await defaultAccountKey(lab.paths)).thumbprint).toBe(before);
  });
});

describe('a revocation', () => {
  const revoke = (
    of: AcmeLab,
    certificatePem: string,
    account: AcmeAccountWish,
    reason = 'SUPERSEDED',
  ): Promise<TaskResult> =>
    runTask(revokeTask, {
      acmeDirectory: of.root,
      issuers: [{ ca: of.pebble.ca, account }],
      tlsDirectory: of.root,
      stagingDirectory: of.root,
      certificateId: newId(),
      fingerprint: fingerprintOf(new X509Certificate(certificatePem)),
      certificatePem,
      reason,
      by: 'ACCOUNT',
    } as unknown as PlainObject);

  it('by the account is done once', async () => {
    const { outcome } = await lab.issue();
    const pem = outcome.status === 'ISSUED' ? outcome.certificatePem : '';
    expect(await revoke(lab, pem, anAccount())).toEqual({ status: 'SUCCESS' });
    expect(await revoke(lab, pem, anAccount())).toEqual({ status: 'NOTHING_TO_DO' });
  });

  it('by another account is refused', async () => {
    const { outcome } = await lab.issue();
    const pem = outcome.status === 'ISSUED' ? outcome.certificatePem : '';
    const stranger = anAccount({ name: 'stranger', ownKey: true });
    expect(output(await revoke(lab, pem, stranger))).toMatchObject({ code: 'ACME_REFUSED' });
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
