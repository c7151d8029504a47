import { spawn } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AcmeIssueRequest } from '../../src/certificates/domain/acme/issue-request.js';
import { newId } from '../../src/shared/ids.js';
import type { IssueResult } from '../../workers/acme/issue-by-acme.js';
import { filesBelow, startAcmeLab, type AcmeLab } from '../support/acme-lab.js';
import { survives } from '../support/survives.js';

let lab: AcmeLab;

beforeAll(async () => {
  lab = await startAcmeLab();
});

afterAll(() => lab.stop());

/** By files: so there is something that could be left behind. */
const changes = (): Partial<AcmeIssueRequest> => ({
  certificateId: newId(),
  account: { ...lab.request().account, name: 'own', ownKey: true },
  names: ['a.kill.test', 'b.kill.test'],
});

/** True, or what came of it instead. */
function pairFits(result: IssueResult): unknown {
  return result.outcome.status === 'ISSUED' && 'privateKey' in result
    ? new X509Certificate(result.outcome.certificatePem).checkPrivateKey(createPrivateKey(result.privateKey.reveal()))
    : { outcome: result.outcome, log: lab.lines };
}

it('killed at every write and request: the same order goes on, or one more is made; the pair fits; no answer is left', async () => {
  await lab.issue(changes());
  let boundaries = 1;
  let resumed = 0;
  for (let survived = false; !survived; boundaries += 1) {
    const request = changes();
    const before = lab.ordersMade();
    survived = await survives(boundaries, (trace) => lab.issue(request, { trace }));
    const result = await lab.issue(request);
    const orders = lab.ordersMade() - before;
    expect({ boundaries, fits: pairFits(result), atMostTwo: orders <= 2 }).toEqual({
      boundaries,
      fits: true,
      atMostTwo: true,
    });
    expect({ boundaries, left: await readdir(lab.paths.challenges) }).toEqual({ boundaries, left: [] });
    resumed += orders === 1 && !survived ? 1 : 0;
  }
  // How often the CA is asked whether it is done is for it to decide.
  expect(boundaries).toBeGreaterThan(30);
  // Only between asking for the order and knowing its URL can it be lost.
  expect(resumed).toBeGreaterThan(boundaries - 8);
});

it('killed with SIGKILL at whatever moment, too; and nothing of it is left for others to read', async () => {
  let killed = 0;
  for (let kill = 0; kill < 5; kill += 1) {
    const request = lab.request(changes());
    const before = lab.ordersMade();
    const child = spawn(
      process.execPath,
      [
        '--import',
        '@oxc-node/core/register',
        'test/support/acme-kill.child.ts',
        JSON.stringify({ request, acmeDirectory: lab.root }),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    // The whole takes 50 ms where nobody else is at work: the last may find it done.
    await pause(4 + kill * 10);
    child.kill('SIGKILL');
    killed += (await ended)[1] === 'SIGKILL' ? 1 : 0;
    const result = await lab.issue({ ...request });
    expect({ kill, fits: pairFits(result) }).toEqual({ kill, fits: true });
    expect(lab.ordersMade() - before).toBeLessThanOrEqual(2);
    expect(await readdir(lab.paths.challenges)).toEqual([]);
  }
  expect(killed).toBeGreaterThan(1);
  const drafts = (await filesBelow(lab.paths.orders)).filter((path) => !path.endsWith('.json'));
  expect(drafts).toEqual([]);
});
