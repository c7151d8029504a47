import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AcmeIssueRequest } from '../../src/certificates/domain/acme/issue-request.js';
import { newId } from '../../src/shared/ids.js';
import { defaultAccountKey } from '../../workers/acme/account-keys.js';
import { AcmePaths } from '../../workers/acme/acme-paths.js';
import { issueByAcme, type IssueResult } from '../../workers/acme/issue-by-acme.js';
import { refusal } from '../support/acme-lab.js';
import { anAcmeRequest } from '../support/an-acme-request.js';
import { startCaddyCa, type CaddyCa } from '../support/caddy-ca.js';
import { startChallengeResponder, type ChallengeResponder } from '../support/challenge-responder.js';

/** Another CA than Pebble: ECDSA roots, no terms, 12 hours of life, and a challenge that fails stays pending. */
describe.skipIf(process.geteuid?.() !== 0)('Caddy as the CA (needs root: it asks on port 80)', () => {
  let caddy: CaddyCa;
  let web: ChallengeResponder;
  let root: string;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'hler-acme-'));
    caddy = await startCaddyCa();
    web = await startChallengeResponder(80, join(root, 'challenges'), caddy.address);
    web.thumbprint = (await defaultAccountKey(new AcmePaths(root))).thumbprint;
  });

  afterAll(async () => {
    await web.stop();
    await caddy.stop();
    await rm(root, { recursive: true, force: true });
  });

  const issue = (changes: Partial<AcmeIssueRequest> = {}, timeoutMs = 60_000): Promise<IssueResult> =>
    issueByAcme(anAcmeRequest(caddy.ca, { servedThumbprints: [web.thumbprint], ...changes }), {
      acmeDirectory: root,
      signal: AbortSignal.timeout(timeoutMs),
      log: () => undefined,
    });

  it('issues by HTTP-01, again and again', async () => {
    for (const names of [['a.caddy.test'], ['b.caddy.test', 'c.caddy.test'], ['a.caddy.test']]) {
      const { outcome } = await issue({ names });
      expect('problems' in outcome ? outcome.problems : []).toEqual([]);
      expect('certificatePem' in outcome && new X509Certificate(outcome.certificatePem).checkHost(names[0] ?? '')).toBe(
        names[0],
      );
    }
  });

  it('names the one that fails although its challenge stays pending, and issues for it once it is mended', async () => {
    const request = { certificateId: newId(), names: ['bad.caddy.test', 'fine.caddy.test'] };
    web.elsewhere.add('bad.caddy.test');
    const refused = refusal(await issue(request));
    expect(refused).toMatchObject({
      causes: { 'bad.caddy.test': 'NOT_VALIDATED' },
      unaffected: ['fine.caddy.test'],
    });
    web.elsewhere.clear();
    const { outcome } = await issue(request);
    expect('problems' in outcome ? outcome.problems : []).toEqual([]);
  });
});
