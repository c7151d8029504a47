import { describe, expect, it } from 'vitest';
import type { TaskResult } from '../../src/operations/domain/task.js';
import { FAULTS, type FaultName, type FaultRule } from '../chaos-ca/faults.js';
import { CHAOS_CASES, type ChaosCase } from '../support/chaos-cases.js';
import { inChaosLab, type ChaosLab } from '../support/chaos-lab.js';
import { SeededRandom, seedFromEnvironment } from '../support/seeded-random.js';

/** The long run: `npm run test:acme-chaos`. */
const ROUNDS = Number(process.env['HLER_TEST_ACME_CHAOS_ROUNDS'] ?? 5);
const MINUTE_MS = 60_000;

/** What was said, as far as the cases speak of it. */
function summaryOf(result: TaskResult): object {
  if (result.status === 'ERROR') {
    const { code, details, retry } = result.failure;
    const problems = details?.['problems'] as readonly { readonly cause: string }[];
    return {
      status: 'ERROR',
      code,
      causes: [...new Set(problems.map(({ cause }) => cause))],
      caSide: details?.['caSide'],
      retryMinutes: retry.policy === 'NEVER' ? null : Math.round(retry.afterMs / MINUTE_MS),
    };
  }
  return {
    status: result.status,
    leftOut: (result.warnings ?? []).map(({ details }) => [details?.['name'], details?.['cause']]),
  };
}

/** The same of what a case expects. */
function expectedOf({ ends }: ChaosCase): object {
  if (ends.status === 'SUCCESS') {
    return {
      said: { status: 'SUCCESS', leftOut: ends.leftOut ?? [] },
      renewed: true,
      later: null,
      orders: ends.orders ?? 1,
    };
  }
  const { code, cause, caSide, retryMs, leavesAlone = false, orders = 1 } = ends;
  const retryMinutes = retryMs === null ? null : Math.round(retryMs / MINUTE_MS);
  return {
    said: { status: 'ERROR', code, causes: [cause], caSide, retryMinutes },
    // What was in force still is.
    renewed: false,
    later: leavesAlone ? { status: 'ERROR', asked: false } : { status: 'SUCCESS', asked: true },
    orders,
  };
}

const fingerprint = async (lab: ChaosLab): Promise<string> => (await lab.live()).leaf.fingerprint256;

/** One more operation when the fault is gone. */
async function afterwards(lab: ChaosLab): Promise<object> {
  lab.ca.faults.clear();
  const asked = lab.ca.requests.length;
  const { status } = await lab.issue();
  return { status, asked: lab.ca.requests.length > asked };
}

/** Whatever the CA did: each pair on the disk belongs together, is from the CA that was asked and not for tests. */
async function expectSound(lab: ChaosLab): Promise<void> {
  const issued = new Set([...lab.ca.state.certificates.keys()].map((serial) => BigInt(`0x${serial}`)));
  const pairs = [...(await lab.stored()), await lab.live()];
  const found = pairs.map(({ path, leaf, chain, keyMatches }) => ({
    path,
    keyMatches,
    signed: chain[0] !== undefined && leaf.verify(chain[0].publicKey),
    issued: issued.has(BigInt(`0x${leaf.serialNumber}`)),
    staging: leaf.issuer.includes('STAGING'),
  }));
  expect(found).toEqual(
    pairs.map(({ path }) => ({ path, keyMatches: true, signed: true, issued: true, staging: false })),
  );
}

describe('our client, with a CA that does wrong', () => {
  it('has a case for each fault', () => {
    expect(Object.keys(CHAOS_CASES).toSorted()).toEqual(Object.keys(FAULTS).toSorted());
    expect(Object.entries(CHAOS_CASES).filter(([, cases]) => cases.length === 0)).toEqual([]);
  });

  // What hangs takes 15 seconds, in which the others run.
  const faults = Object.keys(FAULTS).toSorted((a, b) => Number(b === 'hang') - Number(a === 'hang'));
  const all = faults.flatMap((fault) =>
    (CHAOS_CASES[fault as FaultName] ?? []).map((each, index) => [`${fault} ${index + 1}`, fault, each] as const),
  );

  it.concurrent.each(all)('%s', { timeout: 40_000 }, async (_, fault, each) => {
    await inChaosLab({ seed: 7 }, async (lab) => {
      const { ca } = lab;
      const first = await lab.issue();
      const before = await fingerprint(lab);
      const ordersBefore = ca.state.orders.size;
      each.rules.forEach((rule) => ca.faults.add(rule));
      const startedAt = performance.now();
      const result = await lab.issue(each.changes?.(first));
      const tookMs = performance.now() - startedAt;
      const said = summaryOf(result);
      const renewed = (await fingerprint(lab)) !== before;
      const later = each.ends.status === 'ERROR' ? await afterwards(lab) : null;
      const orders = ca.state.orders.size - ordersBefore;
      expect({ said, renewed, later, orders }).toEqual(expectedOf(each));
      expect(tookMs).toBeGreaterThanOrEqual(each.ends.waitedMs ?? 0);
      await each.also?.(lab, result);
      expect(ca.faults.fired()[fault]).toBeGreaterThan(0);
      await expectSound(lab);
    });
  });
});

/** Faults that cost an order: it cannot become a certificate, or nobody knows of it. */
const COSTS_AN_ORDER: readonly FaultName[] = [
  ...(['lostAnswer', 'truncatedJson', 'missingName', 'stagingRoot', 'accountDoesNotExist'] as const),
  ...(['userActionRequired', 'caa', 'validationFails', 'duplicateCertificateUrl'] as const),
];

function mixOf(random: SeededRandom): readonly FaultRule[] {
  // What hangs takes 15 seconds each time.
  const choices = (Object.keys(FAULTS) as FaultName[]).filter((fault) => fault !== 'hang');
  return Array.from({ length: 1 + random.below(4) }, () => ({
    fault: random.pick(choices),
    probability: 0.1 + random.next() * 0.5,
    times: 1 + random.below(4),
    retryAfter: random.pick(['SECONDS', 'GARBAGE', 'NONE'] as const),
    body: random.pick(['PROBLEM', 'EMPTY_OBJECT', 'HTML'] as const),
    delayMs: 200,
    polls: 1,
  }));
}

/** Three operations with the faults, or as many as it takes, and a fourth without. What is not as it should be is named. */
async function whatIsWrong(lab: ChaosLab, faults: readonly FaultRule[]): Promise<readonly string[]> {
  const { ca } = lab;
  await lab.issue();
  const before = await fingerprint(lab);
  const ordersBefore = ca.state.orders.size;
  faults.forEach((rule) => ca.faults.add(rule));
  const wrong: string[] = [];
  let result = await lab.issue();
  for (let operation = 2; result.status === 'ERROR' && operation <= 4; operation += 1) {
    const { code, summary } = result.failure;
    if (code !== 'ACME_UNAVAILABLE' && code !== 'ACME_REFUSED') {
      wrong.push(`${code}: ${summary}`);
    }
    if ((await fingerprint(lab)) !== before) {
      wrong.push(`${code}, and yet another certificate is in force.`);
    }
    await expectSound(lab);
    if (operation === 4) {
      ca.faults.clear();
    }
    result = await lab.issue();
  }
  if (result.status === 'ERROR') {
    wrong.push(`Without faults: ${result.failure.summary}`);
  }
  const fired = ca.faults.fired();
  const costs = COSTS_AN_ORDER.reduce((sum, fault) => sum + (fired[fault] ?? 0), 0);
  const orders = ca.state.orders.size - ordersBefore;
  return orders <= 1 + costs ? wrong : [...wrong, `${orders} orders, of which faults cost ${costs} at most.`];
}

describe('our client, with a CA that does many things wrong', () => {
  it(`gets its certificate in the end, ${ROUNDS} times`, { timeout: 30_000 + ROUNDS * 20_000 }, async () => {
    const random = new SeededRandom(seedFromEnvironment());
    for (let round = 0; round < ROUNDS; round += 1) {
      const faults = mixOf(random);
      await inChaosLab({ seed: random.below(2 ** 31) }, async (lab) => {
        const wrong = await whatIsWrong(lab, faults);
        const what = `HLER_TEST_SEED=${random.seed}, round ${round}: ${JSON.stringify(faults)}`;
        expect({ what, wrong }).toEqual({ what, wrong: [] });
        await expectSound(lab);
      });
    }
  });
});
