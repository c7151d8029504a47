import { setTimeout as sleep } from 'node:timers/promises';
import { FairQueue } from '../../certificates/domain/rate-limits/fair-queue.js';
import { DomainError } from '../../shared/domain-error.js';
import type { GraphqlClient } from '../graphql-client.js';
import { everyCertificate, everyUnissued, oneCertificate } from './list-certificates.js';
import {
  attemptAt,
  type LimitView,
  type ListedCertificate,
  type RenewOutcome,
  type UnissuedCertificate,
} from './renew-outcome.js';

export interface RenewWish {
  readonly dryRun: boolean;
  /** A name whose certificates are renewed whether they are due or not; null: all that are due. */
  readonly force: string | null;
  readonly now: Date;
  /** What has not ended when this is aborted has failed. */
  readonly within: AbortSignal;
}

/** Told after every certificate that was worked on. */
export type OnProgress = (outcome: RenewOutcome, done: number, all: number) => void;

interface OperationView {
  readonly id: string;
  readonly state: string;
  readonly failure: { readonly summary: string } | null;
}

interface RenewalAnswer {
  readonly operation: OperationView | null;
  readonly limitReached: LimitView | null;
}

const OPERATION = 'id state failure { summary }';
const AT_ONCE = 8;
const POLL_MS = 500;
const RUNNING: readonly string[] = ['QUEUED', 'DISPATCHED', 'RUNNING'];

/** @throws DomainError when the API refuses or nobody has the forced name: nothing was done then */
export async function renewAll(
  api: GraphqlClient,
  wish: RenewWish,
  told: OnProgress,
): Promise<readonly RenewOutcome[]> {
  const certificates = await everyCertificate(api);
  const chosen = certificates.filter((certificate) => isChosen(certificate, wish));
  if (wish.force !== null && chosen.length === 0) {
    throw new DomainError('CERTIFICATE_NOT_FOUND', `No certificate in force has the name ${wish.force}.`);
  }
  const outcomes = new Map<string, RenewOutcome>();
  const queue = new FairQueue<ListedCertificate>();
  for (const certificate of chosen) {
    queue.push(certificate.clientId, certificate);
  }
  const lane = async (): Promise<void> => {
    for (let certificate = queue.take(); certificate !== undefined; certificate = queue.take()) {
      const outcome = wish.dryRun ? foreseen(certificate, wish) : await renewOne(api, certificate, wish);
      outcomes.set(certificate.id, outcome);
      told(outcome, outcomes.size, chosen.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  const seen = certificates
    .filter(({ id }) => wish.force === null || outcomes.has(id))
    .map((certificate) => outcomes.get(certificate.id) ?? untouched(certificate));
  return wish.force === null ? [...seen, ...(await everyUnissued(api)).map(unissued)] : seen;
}

function isChosen(certificate: ListedCertificate, { force, now }: RenewWish): boolean {
  const at = attemptAt(certificate);
  return force === null ? at !== null && new Date(at) <= now : certificate.names.includes(force.toLowerCase());
}

function untouched(certificate: ListedCertificate): RenewOutcome {
  const { failures, nextAttemptAt } = certificate.renewal;
  return failures > 0
    ? { certificate, result: 'FAILED_BEFORE', note: `${failures} times; it is tried again at ${nextAttemptAt ?? '?'}.` }
    : { certificate, result: 'NOT_DUE', note: null };
}

/** Its names are looked at by the schedule, and the first that works brings it about. */
function unissued(certificate: UnissuedCertificate): RenewOutcome {
  const causes = new Map(certificate.refusedNames.map(({ name, cause }) => [name, cause]));
  const why = certificate.leftOut.names.map(({ name }) => `${name} ${causes.get(name) ?? 'not tried yet'}`);
  const next = certificate.leftOut.names.flatMap(({ nextCheckAt }) => nextCheckAt ?? []).sort()[0];
  const when =
    next === undefined ? 'It is not looked at any more; issue it again.' : `It is looked at again at ${next}.`;
  return { certificate, result: 'NOT_ISSUED', note: `${why.join(', ')}. ${when}` };
}

function foreseen(certificate: ListedCertificate, { force, now }: RenewWish): RenewOutcome {
  const { waitsFor } = certificate.renewal;
  return force === null && waitsFor !== null && new Date(waitsFor.until) > now
    ? waits(certificate, waitsFor)
    : { certificate, result: 'WOULD_RENEW', note: null };
}

function waits(certificate: ListedCertificate, { limit, until }: LimitView): RenewOutcome {
  return { certificate, result: 'WAITS', note: `Until ${until}, for the limit of its CA: ${limit}.` };
}

async function renewOne(
  api: GraphqlClient,
  certificate: ListedCertificate,
  { force, within }: RenewWish,
): Promise<RenewOutcome> {
  if (within.aborted) {
    return { certificate, result: 'FAILED', note: 'It was not begun before the end of the run.' };
  }
  try {
    const { renewCertificate } = await api.ask<{ renewCertificate: RenewalAnswer }>(
      `mutation ($input: RenewCertificateInput!) { renewCertificate(input: $input) {
        operation { ${OPERATION} } limitReached { limit until } } }`,
      { input: { certificateId: certificate.id, force: force !== null } },
    );
    const { operation, limitReached } = renewCertificate;
    if (operation !== null) {
      return await outcomeOf(api, certificate, await ended(api, operation, within));
    }
    return limitReached === null ? { certificate, result: 'NOT_DUE', note: null } : waits(certificate, limitReached);
  } catch (error) {
    if (error instanceof DomainError) {
      return { certificate, result: 'FAILED', note: error.message };
    }
    throw error;
  }
}

async function ended(api: GraphqlClient, operation: OperationView, within: AbortSignal): Promise<OperationView> {
  let seen = operation;
  while (RUNNING.includes(seen.state) && !within.aborted) {
    await sleep(POLL_MS);
    const answer = await api.ask<{ operation: OperationView | null }>(
      `query ($id: ID!) { operation(id: $id) { ${OPERATION} } }`,
      { id: operation.id },
    );
    seen = answer.operation ?? { ...seen, state: 'FAILED' };
  }
  return seen;
}

async function outcomeOf(
  api: GraphqlClient,
  before: ListedCertificate,
  { state, failure }: OperationView,
): Promise<RenewOutcome> {
  const now = (await oneCertificate(api, before.id)) ?? before;
  if (state === 'SUCCEEDED') {
    return { certificate: now, result: 'RENEWED', note: null };
  }
  return state === 'SUCCEEDED_WITH_WARNINGS'
    ? { certificate: now, result: 'FAILED', note: 'Renewed, but a site does not serve it; see its operation.' }
    : { certificate: now, result: 'FAILED', note: failure?.summary ?? whyNot(state) };
}

function whyNot(state: string): string {
  return RUNNING.includes(state)
    ? `Its operation has not finished: it is ${state}. See that the runner of its server is up.`
    : `Its operation is ${state}.`;
}
