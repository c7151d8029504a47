import { expect } from 'vitest';
import type { AcmeIssueRequest } from '../../src/certificates/domain/acme/issue-request.js';
import type { TaskResult } from '../../src/operations/domain/task.js';
import type { RenewalInfo } from '../../src/certificates/domain/acme/renewal-info.js';
import { askRenewalInfo } from '../../workers/acme/ask-renewal-info.js';
import type { FaultName, FaultRule } from '../chaos-ca/faults.js';
import type { ChaosLab } from './chaos-lab.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What an operation comes to while the fault is on. Orders are those that the CA took, over all its tries. */
export interface Issued {
  readonly status: 'SUCCESS';
  readonly orders?: number;
  /** Names that it is without, with the cause. */
  readonly leftOut?: readonly (readonly [string, string])[];
  /** The CA wanted to be left alone for so long, and was. */
  readonly waitedMs?: number;
}

export interface Refused {
  readonly waitedMs?: never;
  readonly status: 'ERROR';
  readonly code: 'ACME_UNAVAILABLE' | 'ACME_REFUSED';
  readonly cause: string;
  readonly caSide: boolean;
  /** From now; null: not before something was changed. */
  readonly retryMs: number | null;
  /** Orders over this and the operation after it, when the fault is gone. */
  readonly orders?: number;
  /** The operation after it does not ask the CA, which wants to be left alone. */
  readonly leavesAlone?: true;
}

export interface ChaosCase {
  readonly rules: readonly FaultRule[];
  readonly changes?: (first: TaskResult) => Partial<AcmeIssueRequest>;
  readonly ends: Issued | Refused;
  /** What else there is to see. */
  readonly also?: (lab: ChaosLab, result: TaskResult) => Promise<void>;
}

const issued = (more: Omit<Issued, 'status'> = {}): Issued => ({ status: 'SUCCESS', ...more });
const unavailable = (cause: string, retryMs: number, more: Partial<Refused> = {}): Refused => ({
  status: 'ERROR',
  code: 'ACME_UNAVAILABLE',
  cause,
  caSide: true,
  retryMs,
  ...more,
});
const refused = (cause: string, more: Partial<Refused> = {}): Refused => ({
  status: 'ERROR',
  code: 'ACME_REFUSED',
  cause,
  caSide: false,
  retryMs: null,
  ...more,
});
const onNewOrder = (fault: FaultName, rule: Partial<FaultRule> = {}): FaultRule[] => [
  { fault, operations: ['newOrder'], times: 1, ...rule },
];
const on = (fault: FaultName, rule: Partial<FaultRule> = {}): FaultRule[] => [{ fault, ...rule }];

/** What our client makes of each fault of the table; none can be forgotten. */
export const CHAOS_CASES: Readonly<Record<FaultName, readonly ChaosCase[]>> = {
  badNonce: [{ rules: on('badNonce', { probability: 0.5 }), ends: issued() }],
  rateLimited: [
    { rules: onNewOrder('rateLimited', { retryAfter: 'SECONDS' }), ends: issued({ waitedMs: 1_950 }) },
    { rules: onNewOrder('rateLimited', { retryAfter: 'DATE' }), ends: issued({ waitedMs: 900 }) },
    {
      rules: onNewOrder('rateLimited', { retryAfter: 'FORTY_DAYS' }),
      ends: unavailable('RATE_LIMITED', 7 * DAY_MS, { orders: 0, leavesAlone: true }),
    },
    { rules: onNewOrder('rateLimited', { retryAfter: 'GARBAGE' }), ends: unavailable('RATE_LIMITED', HOUR_MS) },
    { rules: onNewOrder('rateLimited', { retryAfter: 'NONE' }), ends: unavailable('RATE_LIMITED', HOUR_MS) },
  ],
  serverError: [
    // There may be an order behind it.
    { rules: onNewOrder('serverError'), ends: unavailable('CA_DOWN', HOUR_MS / 6) },
    { rules: on('serverError', { times: 2, operations: ['finalize'], status: 502, body: 'HTML' }), ends: issued() },
    {
      rules: onNewOrder('serverError', { status: 503, body: 'EMPTY_OBJECT', retryAfter: 'SECONDS' }),
      ends: issued({ waitedMs: 1_950 }),
    },
    {
      rules: on('serverError', { operations: ['finalize'], status: 503, retryAfter: 'FORTY_DAYS' }),
      ends: unavailable('CA_DOWN', 7 * DAY_MS, { leavesAlone: true }),
    },
    { rules: on('serverError', { operations: ['finalize'] }), ends: unavailable('CA_DOWN', HOUR_MS / 6) },
  ],
  hang: [{ rules: onNewOrder('hang'), ends: unavailable('CA_UNREACHABLE', HOUR_MS / 6) }],
  slowDrip: [{ rules: on('slowDrip', { operations: ['order'], delayMs: 300 }), ends: issued() }],
  tlsReset: [
    { rules: onNewOrder('tlsReset'), ends: issued() },
    { rules: on('tlsReset', { times: 1, operations: ['finalize'] }), ends: issued() },
  ],
  lostAnswer: [
    // Nobody can know that it was taken.
    { rules: onNewOrder('lostAnswer'), ends: issued({ orders: 2 }) },
    { rules: on('lostAnswer', { times: 1, operations: ['challenge'] }), ends: issued() },
    { rules: on('lostAnswer', { times: 1, operations: ['finalize'] }), ends: issued() },
    { rules: on('lostAnswer', { times: 1, operations: ['certificate'] }), ends: issued() },
  ],
  truncatedJson: [
    { rules: onNewOrder('truncatedJson'), ends: unavailable('CA_NOT_ACME', HOUR_MS, { orders: 2 }) },
    { rules: on('truncatedJson', { times: 1, operations: ['order'] }), ends: issued() },
    { rules: on('truncatedJson', { times: 1, operations: ['finalize'] }), ends: issued() },
  ],
  processing: [{ rules: on('processing', { polls: 1 }), ends: issued({ waitedMs: 900 }) }],
  orderReuse: [{ rules: [...on('orderReuse'), ...onNewOrder('lostAnswer')], ends: issued() }],
  authzReuse: [
    {
      rules: on('authzReuse'),
      ends: issued(),
      async also({ ca }) {
        // Those of the first certificate only.
        expect(ca.requests.filter(({ operation }) => operation === 'challenge')).toHaveLength(2);
      },
    },
  ],
  readyWithoutCertificate: [{ rules: on('readyWithoutCertificate', { polls: 2 }), ends: issued() }],
  validWithoutCertificate: [{ rules: on('validWithoutCertificate', { polls: 2 }), ends: issued() }],
  wrongChainOrder: [
    {
      rules: on('wrongChainOrder'),
      ends: issued(),
      async also(lab) {
        const { leaf, chain } = await lab.live();
        expect([leaf, ...chain].map(({ ca }) => ca)).toEqual([false, true, true]);
        expect(leaf.verify(chain[0]!.publicKey)).toBe(true);
      },
    },
  ],
  missingName: [{ rules: on('missingName'), ends: unavailable('CERTIFICATE_UNUSABLE', HOUR_MS, { orders: 2 }) }],
  stagingRoot: [{ rules: on('stagingRoot'), ends: refused('STAGING_CERTIFICATE', { orders: 2 }) }],
  alreadyReplaced: [
    {
      rules: on('alreadyReplaced'),
      changes: replacing,
      ends: issued(),
      async also(_, result) {
        expect(result).toMatchObject({ output: { replaced: false } });
      },
    },
  ],
  accountDoesNotExist: [
    { rules: onNewOrder('accountDoesNotExist'), ends: issued() },
    { rules: on('accountDoesNotExist'), ends: refused('ACCOUNT_UNKNOWN', { retryMs: HOUR_MS / 60 }) },
  ],
  userActionRequired: [{ rules: on('userActionRequired'), ends: refused('TERMS_NOT_AGREED') }],
  paused: [{ rules: on('paused'), ends: refused('NAME_PAUSED') }],
  caa: [
    {
      rules: on('caa', { names: ['b.chaos.test'], operations: ['challenge'] }),
      ends: issued({ orders: 2, leftOut: [['b.chaos.test', 'CAA_FORBIDS']] }),
    },
    {
      rules: on('caa', { operations: ['finalize'], times: 1 }),
      ends: issued({ orders: 2, leftOut: [['a.chaos.test', 'CAA_FORBIDS']] }),
    },
  ],
  subproblems: [
    { rules: on('subproblems', { times: 1 }), ends: issued({ leftOut: [['b.chaos.test', 'NAME_NOT_ALLOWED']] }) },
    {
      rules: on('subproblems', { names: ['a.chaos.test', 'b.chaos.test'] }),
      ends: refused('NAME_NOT_ALLOWED'),
    },
  ],
  revoked: [
    {
      rules: on('revoked'),
      ends: issued(),
      async also(lab) {
        expect((await adviceOf(lab)).window.end.getTime()).toBeLessThan(Date.now());
      },
    },
  ],
  windowMoved: [
    {
      rules: on('windowMoved', { times: 1, after: 1, byMs: -5 * HOUR_MS }),
      ends: issued(),
      async also(lab) {
        const before = await adviceOf(lab);
        const after = await adviceOf(lab);
        expect(after.window.start.getTime() - before.window.start.getTime()).toBe(-5 * HOUR_MS);
      },
    },
  ],
  duplicateCertificateUrl: [
    { rules: on('duplicateCertificateUrl'), ends: unavailable('CERTIFICATE_UNUSABLE', HOUR_MS, { orders: 2 }) },
  ],
  idnaCase: [
    { rules: on('idnaCase'), ends: issued() },
    {
      rules: on('idnaCase'),
      changes: () => ({ names: ['a.chaos.test', 'xn--bcher-kva.test'] }),
      ends: issued(),
    },
  ],
  validationFails: [
    {
      rules: on('validationFails', { names: ['b.chaos.test'] }),
      ends: issued({ orders: 2, leftOut: [['b.chaos.test', 'CONNECTION_TIMED_OUT']] }),
    },
    { rules: on('validationFails'), ends: refused('CONNECTION_TIMED_OUT', { retryMs: HOUR_MS, orders: 2 }) },
  ],
};

function replacing({ status, ...first }: TaskResult): Partial<AcmeIssueRequest> {
  const { ariId, acmeAccountUrl, acmeDirectoryUrl } = ('output' in first ? first.output : {}) as Record<string, string>;
  expect([status, ariId === undefined]).toEqual(['SUCCESS', false]);
  return { replaces: { ariId: ariId!, accountUrl: acmeAccountUrl!, directoryUrl: acmeDirectoryUrl! } };
}

async function adviceOf(lab: ChaosLab): Promise<RenewalInfo> {
  const { leaf } = await lab.live();
  const ca = { directoryUrl: lab.ca.directoryUrl, caBundlePem: lab.ca.listenerRoot, proxyUrl: null };
  const info = await askRenewalInfo(ca, leaf.toString(), new Date());
  expect(info).not.toBeNull();
  return info!;
}
