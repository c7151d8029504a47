import { readlink, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { CERTIFICATE_EVENTS, type CertificateEvent } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { createSite, makeGround, siteView, states, type Ground } from '../support/ground.js';
import { startHler, type Hler } from '../support/hler.js';

/** Two ticks of the scheduler, and the work. */
const SOON_MS = 60_000;

/** One for each test, made at the beginning, so that one tick plans them all. */
const NAMES = ['planned', 'forced', 'quiet', 'by-name', 'due', 'killed', 'failing', 'another', 'ending'] as const;
type Name = (typeof NAMES)[number];

interface Renewal {
  readonly dueAt: string | null;
  readonly failures: number;
  readonly nextAttemptAt: string | null;
  readonly lastAttempt: { readonly id: string; readonly kind: string; readonly state: string } | null;
  readonly alarm: { readonly level: string; readonly reason: string; readonly message: string } | null;
  readonly servedCheckedAt: string | null;
}

interface View {
  readonly status: string;
  readonly spki: string;
  readonly fingerprint: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly renewal: Renewal;
}

const uriOf = (name: Name): string => `${name}.example.org`;

describe('renewal', () => {
  let hler: Hler;
  let ground: Ground;
  let certificates: Readonly<Record<Name, string>>;

  beforeAll(async () => {
    hler = await startHler({ env: { HLER_RENEWAL_SECONDS: '2' } });
    ground = await makeGround(hler);
    const made = NAMES.map(async (name) => [name, await aCertificate(uriOf(name))] as const);
    certificates = Object.fromEntries(await Promise.all(made)) as Record<Name, string>;
  });
  afterAll(() => hler?.stop());

  async function aCertificate(uri: string): Promise<string> {
    const siteId = await createSite(hler.api, ground, uri, { https: 'REQUIRED' });
    return (await siteView(hler.api, siteId)).certificate!.id;
  }

  async function see(id: string): Promise<View> {
    const { certificate } = await hler.api.ask<{ certificate: View }>(
      `query ($id: ID!) { certificate(id: $id) { status spki fingerprint notBefore notAfter renewal { dueAt failures
        nextAttemptAt servedCheckedAt lastAttempt { id kind state } alarm { level reason message } } } }`,
      { id },
    );
    return certificate;
  }

  const planned = (id: string): Promise<View> =>
    eventually(async () => {
      const view = await see(id);
      expect(view.renewal.dueAt).not.toBeNull();
      return view;
    }, SOON_MS);

  /** As if its time had come. */
  async function makeDue(id: string): Promise<void> {
    await hler.sql(
      "UPDATE certificate_renewals SET state = JSON_SET(state, '$.renewAt', '2020-01-01T00:00:00.000Z') WHERE certificate_id = ?",
      [id],
    );
    await hler.sql('UPDATE certificates SET due_at = UTC_TIMESTAMP(3) WHERE id = ?', [id]);
  }

  async function failedOnce(id: string): Promise<{ readonly nextAttemptAt: string }> {
    const rows = await hler.sql<{ state: string }>('SELECT state FROM certificate_renewals WHERE certificate_id = ?', [
      id,
    ]);
    const state = JSON.parse(JSON.parse(JSON.stringify(rows[0]!.state)) as string) as {
      failures: number;
      nextAttemptAt: string;
    };
    expect(state.failures).toBe(1);
    return state;
  }

  const shown = async (uri: string): Promise<string> =>
    (await hler.get('https', uri)).certificate!.fingerprint256.replaceAll(':', '').toLowerCase();

  async function told(id: string): Promise<readonly string[]> {
    const { certificateEvents } = await hler.api.ask<{ certificateEvents: { nodes: readonly { type: string }[] } }>(
      'query ($id: ID!) { certificateEvents(certificateId: $id) { nodes { type } } }',
      { id },
    );
    return certificateEvents.nodes.map(({ type }) => type);
  }

  const renewed = (id: string, before: View, withinMs = SOON_MS): Promise<View> =>
    eventually(async () => {
      const view = await see(id);
      expect(view.fingerprint).not.toBe(before.fingerprint);
      expect(view.renewal).toMatchObject({ failures: 0, alarm: null, lastAttempt: { state: 'SUCCEEDED' } });
      return view;
    }, withinMs);

  it('is planned by itself for two thirds of the life of a certificate, and leaves one alone that is not due', async () => {
    const id = certificates.planned;
    const { renewal, notBefore, notAfter } = await planned(id);
    const life = Date.parse(notAfter) - Date.parse(notBefore);
    const share = (Date.parse(renewal.dueAt!) - Date.parse(notBefore)) / life;
    expect(share).toBeGreaterThan(0.61);
    expect(share).toBeLessThan(0.67);
    const answer = await hler.api.mutate('renewCertificate', { certificateId: id }, 'operation { id }');
    expect(answer).toEqual({ operation: null });
  });

  it('is forced at will: another certificate of the same key is made and served', async () => {
    const id = certificates.forced;
    const before = await see(id);
    const operation = await hler.api.done('renewCertificate', { certificateId: id, force: true });
    // No file of the configuration differs: the web server is made to read the certificate again all the same.
    expect(states(operation)[0]).toBe('certificate.self-sign SUCCESS');
    const after = await see(id);
    expect(after.spki).toBe(before.spki);
    expect(after.fingerprint).not.toBe(before.fingerprint);
    expect(await shown('forced.example.org')).toBe(after.fingerprint);
  });

  describe('hler renew', () => {
    /** As cron sees it. */
    async function renew(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
      try {
        return { code: 0, out: await hler.cli('renew', ...args), err: '' };
      } catch (error) {
        const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
        return { code, out: stdout, err: stderr };
      }
    }

    it('has nothing to do when nothing is due, and says when something will be', async () => {
      await Promise.all(Object.values(certificates).map(planned));
      const { code, out } = await renew();
      expect(out).toMatch(/^0 renewed, 0 failed, \d+ not due, the next on 20\d\d-\d\d-\d\d\.\n$/);
      expect(code).toBe(0);
    });

    it('renews what has a name when forced, and only says so in a dry run', async () => {
      const id = certificates['by-name'];
      const before = await see(id);
      const dry = await renew('--dry-run', '--force', 'by-name.example.org');
      expect(dry).toMatchObject({
        code: 0,
        out: expect.stringMatching(/by-name\.example\.org +SELF_SIGNED +would be renewed/),
      });
      expect((await see(id)).fingerprint).toBe(before.fingerprint);
      const wet = await renew('--force', 'by-name.example.org');
      expect(wet).toMatchObject({ code: 0, out: expect.stringMatching(/by-name\.example\.org +SELF_SIGNED +renewed/) });
      const after = await see(id);
      expect(after.fingerprint).not.toBe(before.fingerprint);
      expect(await shown('by-name.example.org')).toBe(after.fingerprint);
    });

    it('leaves alone what nobody is shown any more, however long it is due', async () => {
      const siteId = await createSite(hler.api, ground, 'gone.example.org', { https: 'REQUIRED' });
      const { id } = (await siteView(hler.api, siteId)).certificate!;
      await planned(id);
      await hler.api.done('deleteSite', { siteId });
      await makeDue(id);
      const { code, out } = await renew();
      expect(out).toMatch(/^0 renewed, 0 failed, \d+ not due, the next on 20\d\d-\d\d-\d\d\.\n$/);
      expect(code).toBe(0);
      const { renewal } = await see(id);
      expect(renewal).toMatchObject({ dueAt: '2020-01-01T00:00:00.000Z', lastAttempt: null });
    });

    it('exits 2 when it could not run, as for a name that nobody has', async () => {
      expect(await renew('--force', 'nobody.example.org')).toMatchObject({
        code: 2,
        err: expect.stringContaining('CERTIFICATE_NOT_FOUND'),
      });
    });
  });

  it('comes when it is due, without anybody asking, and once', async () => {
    const id = certificates.due;
    const before = await planned(id);
    await makeDue(id);
    const after = await renewed(id, before);
    expect(after.renewal.lastAttempt?.kind).toBe('certificate.renew');
    expect(await shown('due.example.org')).toBe(after.fingerprint);
    const [row] = await hler.sql<{ n: number }>(
      "SELECT COUNT(*) AS n FROM operations WHERE kind = 'certificate.renew' AND subject_id = ?",
      [id],
    );
    expect(Number(row?.n)).toBe(1);
  });

  // Together, because both wait for a minute: for the retry, and for the end of the lease.
  it('comes after a kill -9 of everything, as if nothing had happened; one that failed serves on, says why, and is tried again', async () => {
    const [failing, killed] = [certificates.failing, certificates.killed];
    const [failingBefore, killedBefore] = [await planned(failing), await planned(killed)];
    // A plan that the runner cannot carry out: its key type is none.
    await hler.sql("UPDATE certificates SET key_type = 'NONE' WHERE id = ?", [failing]);
    await makeDue(failing);
    const failed = await eventually(() => failedOnce(failing), SOON_MS);
    expect(Date.parse(failed.nextAttemptAt)).toBeGreaterThan(Date.now() - 30_000);
    await hler.sql("UPDATE certificates SET key_type = 'EC_P256' WHERE id = ?", [failing]);
    expect(await shown(uriOf('failing'))).toBe(failingBefore.fingerprint);

    await makeDue(killed);
    await hler.restart();
    // The lease of the process that was killed has to run out first.
    const after = await renewed(killed, killedBefore, 150_000);
    expect(await shown(uriOf('killed'))).toBe(after.fingerprint);

    // In a minute, give or take a fifth.
    const tried = await renewed(failing, failingBefore, 150_000);
    expect(await shown(uriOf('failing'))).toBe(tried.fingerprint);
    expect(await told(failing)).toEqual(['ISSUED', 'FAILING', 'RENEWED']);
  }, 420_000);

  it('raises an alarm when visitors are shown another certificate than the one that is stored', async () => {
    const uri = uriOf('another');
    const id = certificates.another;
    await planned(id);
    await hler.api.done('renewCertificate', { certificateId: id, force: true });
    const { spki } = await see(id);
    // Put back on the disk by hand, and not reloaded.
    const live = join(hler.paths.tls, spki, 'live');
    const now = await readlink(live);
    const other = now.replace(/\d+$/, (n) => String(Number(n) - 1));
    await symlink(other, `${live}.by-hand`);
    await rename(`${live}.by-hand`, live);
    await hler.sql("UPDATE leases SET expires_at = UTC_TIMESTAMP(3) WHERE name LIKE 'handshake%'");
    const alarmed = await eventually(async () => {
      const { renewal } = await see(id);
      expect(renewal.alarm).not.toBeNull();
      return renewal;
    }, 100_000);
    expect(alarmed).toMatchObject({
      alarm: { level: 'CRITICAL', reason: 'SERVED_IS_ANOTHER' },
      servedCheckedAt: expect.any(String),
    });
    expect(alarmed.alarm?.message).toContain(uri);
    expect(await told(id)).toEqual(['ISSUED', 'RENEWED', 'MISMATCH']);
  }, 180_000);

  it('is watched: events over WebSocket and SSE, and as a list from the cursor of any of them', async () => {
    const client = createClient({
      url: hler.url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${hler.token}` },
    });
    onTestFinished(() => void client.dispose());
    const { certificateEvents } = await hler.api.ask<{ certificateEvents: { pageInfo: { endCursor: string | null } } }>(
      '{ certificateEvents(last: 1) { pageInfo { endCursor } } }',
    );
    const after = certificateEvents.pageInfo.endCursor;
    const live = client.iterate<{ certificateEvents: CertificateEvent }>({
      query: CERTIFICATE_EVENTS,
      variables: { after },
    });
    /** The next one about this name: the certificates of other cases go on with their lives. */
    const next = async (): Promise<CertificateEvent> => {
      const event = ((await live.next()).value as { data: { certificateEvents: CertificateEvent } }).data
        .certificateEvents;
      return event.label === 'watched.example.org' ? event : next();
    };
    const id = await aCertificate('watched.example.org');
    const issued = await next();
    const { fingerprint } = await see(id);
    expect(issued).toMatchObject({ type: 'ISSUED', certificateId: id, label: 'watched.example.org', fingerprint });
    const { id: operationId } = await hler.api.done('renewCertificate', { certificateId: id, force: true });
    const now = await see(id);
    const renewed = {
      type: 'RENEWED',
      certificateId: id,
      clientId: ground.clientId,
      label: 'watched.example.org',
      message: `Its successor is in force, until ${now.notAfter}.`,
      fingerprint: now.fingerprint,
      operationId,
      code: null,
      certificate: { fingerprint: now.fingerprint },
      cursor: expect.any(String),
    };
    expect(await next()).toEqual(renewed);
    await live.return?.();

    const again = hler.api.certificateEvents({ after: issued.cursor, certificateId: id });
    const { value } = await again.next();
    expect(value).toEqual(renewed);
    await again.return(undefined);
    const list = `query ($after: String, $id: ID) { certificateEvents(after: $after, certificateId: $id) {
      totalCount nodes { type } pageInfo { endCursor } } }`;
    const { cursor } = value as CertificateEvent;
    expect(await hler.api.ask(list, { after: issued.cursor, id })).toEqual({
      certificateEvents: { totalCount: 2, nodes: [{ type: 'RENEWED' }], pageInfo: { endCursor: cursor } },
    });
    expect(await hler.api.refusal(list, { after: 'x' })).toMatchObject({ code: 'CURSOR_INVALID' });
  });

  it('lists what ends before a moment', async () => {
    const { notAfter } = await see(certificates.ending);
    const list = async (before: string): Promise<boolean> => {
      const found = await hler.api.ask<{ certificates: { nodes: readonly { id: string }[] } }>(
        'query ($before: DateTime!) { certificates(first: 100, expiresBefore: $before) { nodes { id } } }',
        { before },
      );
      return found.certificates.nodes.some((node) => node.id === certificates.ending);
    };
    expect(await list(new Date(Date.parse(notAfter) + 1000).toISOString())).toBe(true);
    expect(await list(notAfter)).toBe(false);
  });
});
