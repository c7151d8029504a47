import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startChaosCa, type ChaosCa } from '../chaos-ca/start-chaos-ca.js';
import type { Operation } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { createClient, createSite, makeGround, type Ground } from '../support/ground.js';
import { prepareHler, type Hler } from '../support/hler.js';
import { startPebble, type Pebble } from '../support/pebble.js';

/** Two ticks of the scheduler, and the work. */
const SOON_MS = 60_000;
const OUTAGE = { fault: 'serverError', operations: ['newOrder'], status: 503 } as const;

interface View {
  readonly id: string;
  readonly provider: string;
  readonly status: string;
  readonly names: readonly string[];
  readonly issuer: string | null;
  readonly fingerprint: string | null;
  readonly serial: string | null;
  readonly renewal: {
    readonly dueAt: string | null;
    readonly failures: number;
    readonly lastAttempt: { readonly id: string; readonly state: string } | null;
  };
}

describe('a second CA', () => {
  let hler: Hler;
  let ground: Ground;
  let first: ChaosCa;
  let second: Pebble;
  let firstId: string;
  let secondId: string;

  beforeAll(async () => {
    hler = await prepareHler({ env: { HLER_RENEWAL_SECONDS: '2' } });
    second = await startPebble({ httpPort: hler.ports.http });
    first = await startChaosCa({ httpPort: hler.ports.http, tlsPort: hler.ports.https });
    await hler.start();
    ground = await makeGround(hler);
    secondId = await create('second', second.ca.directoryUrl, second.ca.caBundlePem!);
    firstId = await create('first', first.directoryUrl, first.listenerRoot, { backupId: secondId });
  });
  afterAll(async () => {
    await hler?.stop();
    await first?.stop();
    await second?.stop();
  });

  const settings = (directoryUrl: string, caBundle: string, more: object = {}) => ({
    directoryUrl,
    caBundle,
    termsOfServiceAgreed: true,
    staging: true,
    preflight: { resolvers: [second.dns.server], httpPort: hler.ports.http },
    ...more,
  });

  async function create(name: string, directoryUrl: string, caBundle: string, more: object = {}): Promise<string> {
    const { provider } = await hler.api.mutate<{ provider: { id: string } }>(
      'createCertificateProvider',
      { name, acme: settings(directoryUrl, caBundle), ...more },
      'provider { id }',
    );
    return provider.id;
  }

  async function ofName(name: string): Promise<View> {
    const { certificates } = await hler.api.ask<{ certificates: { nodes: readonly View[] } }>(
      `{ certificates(first: 100) { nodes { id provider status names issuer fingerprint serial
        renewal { dueAt failures lastAttempt { id state } } } } }`,
    );
    return certificates.nodes.find((one) => one.provider === 'ACME' && one.names.includes(name))!;
  }

  const issuerServed = async (uri: string): Promise<string> => (await hler.get('https', uri)).certificate?.issuer ?? '';

  /** Waits until the operation waits for its next attempt, which then comes at once. */
  async function tryAgain(operationId: string, attempt: number): Promise<void> {
    await eventually(async () => {
      const operation = await hler.api.operation(operationId);
      expect(operation).toMatchObject({ state: 'QUEUED', attempt, failure: { code: 'ACME_UNAVAILABLE' } });
    }, 30_000);
    await hler.sql('UPDATE operations SET not_before = UTC_TIMESTAMP(3) WHERE id = ?', [operationId]);
  }

  async function logOf({ id }: Operation): Promise<string> {
    const lines: string[] = [];
    for await (const { message } of hler.api.events(id)) {
      lines.push(message ?? '');
    }
    return lines.join('\n');
  }

  it('is asked for a first certificate when the first choice has failed twice, and the operation says so', async () => {
    const uri = 'issue.example.test';
    const siteId = await createSite(hler.api, ground, uri, { https: 'ENABLED' });
    first.faults.add(OUTAGE);
    const { operation } = await hler.api.mutate('issueCertificate', { siteId, provider: firstId });
    await tryAgain(operation.id, 1);
    await tryAgain(operation.id, 2);
    const ended = await hler.api.ended(operation.id);
    first.faults.clear();
    expect(ended).toMatchObject({
      state: 'SUCCEEDED_WITH_WARNINGS',
      attempt: 3,
      warnings: [{ code: 'CERTIFICATE_FROM_BACKUP', summary: expect.stringContaining('"second"') }],
    });
    const log = await logOf(ended);
    expect(log).toContain('The backup "second" is asked, because the CA of "first" fails on its own side.');
    expect(log).toContain(second.ca.directoryUrl);
    expect(await ofName(uri)).toMatchObject({ status: 'ACTIVE', issuer: expect.stringContaining('Pebble') });
    expect(await issuerServed(uri)).toContain('Pebble');
  });

  it('is asked by the schedule, and the first choice again at the next renewal; it revokes what it has issued', async () => {
    const uri = 'renew.example.test';
    const siteId = await createSite(hler.api, ground, uri, { https: 'ENABLED' });
    await hler.api.done('issueCertificate', { siteId, provider: firstId });
    const before = await eventually(async () => {
      const view = await ofName(uri);
      expect(view.renewal.dueAt).not.toBeNull();
      return view;
    }, SOON_MS);
    expect(before.issuer).not.toContain('Pebble');
    first.faults.add(OUTAGE);
    await makeDue(before.id, '$.renewAt');
    await failedTimes(uri, 1);
    await makeDue(before.id, '$.nextAttemptAt');
    const renewed = await eventually(async () => {
      const view = await ofName(uri);
      expect(view.fingerprint).not.toBe(before.fingerprint);
      expect(view.renewal).toMatchObject({ failures: 0, lastAttempt: { state: 'SUCCEEDED_WITH_WARNINGS' } });
      return view;
    }, 2 * SOON_MS);
    first.faults.clear();
    expect(renewed.issuer).toContain('Pebble');
    expect(await issuerServed(uri)).toContain('Pebble');
    expect(await hler.api.operation(renewed.renewal.lastAttempt!.id)).toMatchObject({
      warnings: [{ code: 'CERTIFICATE_FROM_BACKUP' }],
    });
    // Its predecessor is of the first choice, which knows it.
    const { fingerprint } = before;
    await hler.api.done('revokeCertificate', { certificateId: renewed.id, reason: 'SUPERSEDED', fingerprint });
    expect(await ofName(uri)).toMatchObject({ status: 'ACTIVE' });
    await hler.api.done('revokeCertificate', { certificateId: renewed.id, reason: 'SUPERSEDED' });
    await hler.sql("UPDATE certificates SET status = 'ACTIVE' WHERE id = ?", [renewed.id]);
    await hler.api.done('renewCertificate', { certificateId: renewed.id, force: true });
    expect((await ofName(uri)).issuer).not.toContain('Pebble');
  }, 300_000);

  it('leaves the first to be told what a renewal replaces, so that its limits do not count it', async () => {
    const uri = 'replaces.example.test';
    const siteId = await createSite(hler.api, ground, uri, { https: 'ENABLED' });
    await hler.api.done('issueCertificate', { siteId, provider: firstId });
    const { id, serial } = await ofName(uri);
    const atCa = () => first.state.certificates.get(serial ?? '')?.facts;
    expect(atCa()).toMatchObject({ isReplaced: false });
    await hler.api.done('renewCertificate', { certificateId: id, force: true });
    expect(atCa()).toMatchObject({ isReplaced: true });
  });

  it('is refused when it could not stand in for the first', async () => {
    const { directoryUrl, listenerRoot } = first;
    const create = (more: object, acme: object = {}) =>
      hler.api.refusalOf('createCertificateProvider', {
        name: 'refused',
        acme: settings('https://other.example/directory', listenerRoot, acme),
        ...more,
      });
    const refused = { code: 'CERTIFICATE_PROVIDER_INVALID', details: { field: 'backupId' } };
    const [mine, yours] = [await createClient(hler.api, 'mine'), await createClient(hler.api, 'yours')];
    const { provider } = await hler.api.mutate<{ provider: { id: string } }>(
      'createCertificateProvider',
      { name: 'yours', clientId: yours, acme: settings('https://yours.example/directory', listenerRoot) },
      'provider { id }',
    );
    expect(await create({ clientId: mine, backupId: provider.id })).toMatchObject(refused);
    expect(await create({ backupId: provider.id })).toMatchObject(refused);
    expect(await create({ backupId: firstId }, { staging: false })).toMatchObject(refused);
    expect(await create({ backupId: firstId }, { directoryUrl })).toMatchObject(refused);
    expect(await create({ backupId: ground.clientId })).toMatchObject({ code: 'CERTIFICATE_PROVIDER_NOT_FOUND' });
    const update = (providerId: string, change: object) =>
      hler.api.refusalOf('updateCertificateProvider', { providerId, ...change });
    expect(await update(secondId, { backupId: firstId })).toMatchObject(refused);
    // What it is the backup of would ask the same CA twice.
    expect(await update(secondId, { acme: settings(directoryUrl, listenerRoot) })).toMatchObject(refused);
    expect(await hler.api.refusalOf('deleteCertificateProvider', { providerId: secondId })).toMatchObject({
      code: 'CERTIFICATE_PROVIDER_IN_USE',
      details: { backups: 1 },
    });
  });

  it('may be given later, and taken away', async () => {
    const update = async (backupId: string | null): Promise<unknown> =>
      (
        await hler.api.mutate<{ provider: { backupId: string | null } }>(
          'updateCertificateProvider',
          { providerId: firstId, backupId },
          'provider { backupId }',
        )
      ).provider.backupId;
    expect(await update(null)).toBeNull();
    expect(await update(secondId)).toBe(secondId);
  });

  /** As if the moment of its state had come. */
  async function makeDue(id: string, moment: string): Promise<void> {
    await hler.sql(
      `UPDATE certificate_renewals SET state = JSON_SET(state, '${moment}', '2020-01-01T00:00:00.000Z') WHERE certificate_id = ?`,
      [id],
    );
    await hler.sql('UPDATE certificates SET due_at = UTC_TIMESTAMP(3) WHERE id = ?', [id]);
  }

  const failedTimes = (uri: string, failures: number): Promise<void> =>
    eventually(async () => {
      expect((await ofName(uri)).renewal.failures).toBe(failures);
    }, SOON_MS);
});
