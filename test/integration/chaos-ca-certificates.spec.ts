import type { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certId } from '../chaos-ca/ari.js';
import { aStage, type Stage } from '../chaos-ca/probe/a-ca.js';
import type { AcmeProbe, ProbeReply } from '../chaos-ca/probe/acme-probe.js';
import { chainOf, problem } from '../chaos-ca/probe/read-reply.js';
import { makeProbeKey } from '../chaos-ca/probe/sign.js';
import { VirtualClock } from '../chaos-ca/virtual-clock.js';

const HOUR_MS = 3_600_000;

let stage: Stage;
let client: AcmeProbe;
const clock = new VirtualClock(new Date());

beforeAll(async () => {
  stage = await aStage({ clock });
  client = await stage.client();
});

afterAll(() => stage.stop());

/** By which ARI knows it. */
function certIdOf(certificate: X509Certificate): string {
  const stored = [...stage.ca.state.certificates.values()].find(({ der }) => der.equals(certificate.raw));
  return stored!.certId;
}

describe('revocation', () => {
  const asked = (chain: ProbeReply, more: object = {}) => ({
    certificate: chainOf(chain)[0]!.raw.toString('base64url'),
    ...more,
  });

  it('is for the account that has it, once, with a reason that it may give', async () => {
    const chain = await client.issue(['revoked.test']);
    const url = client.directory.revokeCert!;
    const other = await stage.client();
    expect(problem(await other.post(url, asked(chain)))).toBe('403 unauthorized');
    expect(problem(await client.post(url, asked(chain, { reason: 2 })))).toBe('400 badRevocationReason');
    expect((await client.post(url, asked(chain, { reason: 4 }))).status).toBe(200);
    expect(problem(await client.post(url, asked(chain)))).toBe('400 alreadyRevoked');
    const window = (await client.get(`${client.directory.renewalInfo}/${certIdOf(chainOf(chain)[0]!)}`)).body;
    expect(Date.parse((window.suggestedWindow as { end: string }).end)).toBeLessThan(clock.ms());
  });

  it('is for another account that has proved all names', async () => {
    const chain = await client.issue(['shared.test']);
    const other = await stage.client();
    await other.issue(['shared.test']);
    expect((await other.post(other.directory.revokeCert!, asked(chain))).status).toBe(200);
  });

  it('is for the key itself, which is then refused for ever', async () => {
    const key = await makeProbeKey();
    const chain = await client.issue(['leaked.test'], {}, key);
    const url = client.directory.revokeCert!;
    const by = (signer: typeof key) => ({ key: signer, header: { kid: undefined, jwk: signer.jwk } });
    expect(problem(await client.post(url, asked(chain), by(await makeProbeKey())))).toBe('403 unauthorized');
    expect((await client.post(url, asked(chain), by(key))).status).toBe(200);
    const order = await client.newOrder(['leaked.test']);
    await client.prove(order);
    expect(problem(await client.finalize(order, ['leaked.test'], key))).toBe('400 badCSR');
    const stranger = await stage.stranger(key);
    expect(problem(await stranger.register())).toBe('400 badPublicKey');
  });
});

describe('renewal information', () => {
  it('is the window of the life, to be asked for again in about six hours', async () => {
    const [leaf] = chainOf(await client.issue(['ari.test'], { profile: 'shortlived' }));
    const id = certIdOf(leaf!);
    const { status, body, headers } = await client.get(`${client.directory.renewalInfo}/${id}`);
    const window = body.suggestedWindow as { start: string; end: string };
    const ideal = Date.parse(leaf!.validTo) - 80 * HOUR_MS;
    expect(status).toBe(200);
    expect(Date.parse(window.start)).toBe(ideal - 1.6 * HOUR_MS);
    expect(Date.parse(window.end)).toBe(ideal + 1.6 * HOUR_MS);
    expect(Number(headers['retry-after']) / 3_600).toBeGreaterThan(4.7);
    const parts = id.split('.').map((part) => Buffer.from(part, 'base64url').toString('hex').toUpperCase());
    expect(certId(parts[0]!, leaf!.serialNumber)).toBe(id);
  });

  it('is refused for what is no certID, and unknown for what is none of ours', async () => {
    const at = (id: string) => client.get(`${client.directory.renewalInfo}/${id}`);
    const [key] = [...stage.ca.state.desk.authorityKeyIds];
    expect(problem(await at('x'))).toBe('400 malformed');
    expect(problem(await at('aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE'))).toBe('400 malformed');
    expect(problem(await at(certId(key!, '0102')))).toBe('404 malformed');
  });

  it('lets an order replace a certificate once', async () => {
    const [leaf] = chainOf(await client.issue(['replace.test']));
    const replaces = certIdOf(leaf!);
    const other = await stage.client();
    expect(problem(await other.newOrder(['replace.test'], { replaces }))).toBe('403 unauthorized');
    expect(problem(await client.newOrder(['not.test'], { replaces }))).toBe('400 malformed');
    const left = await client.newOrder(['replace.test'], { replaces });
    expect(left.body.replaces).toBe(replaces);
    await client.issue(['replace.test', 'more.test'], { replaces });
    expect(problem(await client.newOrder(['replace.test'], { replaces }))).toBe('409 alreadyReplaced');
  });
});
