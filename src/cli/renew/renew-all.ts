import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '../../shared/domain-error.js';
import type { GraphqlClient } from '../graphql-client.js';
import { attemptAt, type ListedCertificate, type RenewOutcome } from './renew-outcome.js';

export interface RenewWish {
  readonly dryRun: boolean;
  /** A name whose certificates are renewed whether they are due or not; null: all that are due. */
  readonly force: string | null;
  readonly now: Date;
}

/** Told after every certificate that was worked on. */
export type OnProgress = (outcome: RenewOutcome, done: number, all: number) => void;

interface OperationView {
  readonly id: string;
  readonly state: string;
  readonly failure: { readonly summary: string } | null;
}

const FIELDS = 'id names provider notAfter renewal { dueAt nextAttemptAt failures alarm { level message } }';
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
  const queue = chosen.values();
  const lane = async (): Promise<void> => {
    for (const certificate of queue) {
      const outcome = wish.dryRun
        ? { certificate, result: 'WOULD_RENEW' as const, note: null }
        : await renewOne(api, certificate, wish.force !== null);
      outcomes.set(certificate.id, outcome);
      told(outcome, outcomes.size, chosen.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return certificates
    .filter(({ id }) => wish.force === null || outcomes.has(id))
    .map((certificate) => outcomes.get(certificate.id) ?? untouched(certificate));
}

function isChosen(certificate: ListedCertificate, { force, now }: RenewWish): boolean {
  const at = attemptAt(certificate);
  return force === null ? at !== null && new Date(at) <= now : certificate.names.includes(force.toLowerCase());
}

function untouched(certificate: ListedCertificate): RenewOutcome {
  const { failures, nextAttemptAt } = certificate.renewal;
  return failures > 0
    ? { certificate, result: 'WAITS', note: `${failures} times; it is tried again at ${nextAttemptAt ?? '?'}.` }
    : { certificate, result: 'NOT_DUE', note: null };
}

async function renewOne(api: GraphqlClient, certificate: ListedCertificate, force: boolean): Promise<RenewOutcome> {
  try {
    const { renewCertificate } = await api.ask<{ renewCertificate: { operation: OperationView | null } }>(
      `mutation ($input: RenewCertificateInput!) { renewCertificate(input: $input) { operation { ${OPERATION} } } }`,
      { input: { certificateId: certificate.id, force } },
    );
    const { operation } = renewCertificate;
    return operation === null
      ? { certificate, result: 'NOT_DUE', note: null }
      : await outcomeOf(api, certificate, await ended(api, operation));
  } catch (error) {
    if (error instanceof DomainError) {
      return { certificate, result: 'FAILED', note: error.message };
    }
    throw error;
  }
}

async function ended(api: GraphqlClient, operation: OperationView): Promise<OperationView> {
  let seen = operation;
  while (RUNNING.includes(seen.state)) {
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
  const { certificate } = await api.ask<{ certificate: ListedCertificate | null }>(
    `query ($id: ID!) { certificate(id: $id) { ${FIELDS} } }`,
    { id: before.id },
  );
  const now = certificate ?? before;
  if (state === 'SUCCEEDED') {
    return { certificate: now, result: 'RENEWED', note: null };
  }
  return state === 'SUCCEEDED_WITH_WARNINGS'
    ? { certificate: now, result: 'FAILED', note: 'Renewed, but a site does not serve it; see its operation.' }
    : { certificate: now, result: 'FAILED', note: failure?.summary ?? `Its operation is ${state}.` };
}

/** Those that are or were in force, the expired ones first. */
async function everyCertificate(api: GraphqlClient): Promise<readonly ListedCertificate[]> {
  return [...(await withStatus(api, 'EXPIRED')), ...(await withStatus(api, 'ACTIVE'))];
}

async function withStatus(api: GraphqlClient, status: 'ACTIVE' | 'EXPIRED'): Promise<readonly ListedCertificate[]> {
  const all: ListedCertificate[] = [];
  for (let after: string | null = null; ;) {
    const { certificates }: CertificatePage = await api.ask<CertificatePage>(
      `query ($after: String, $status: CertificateStatus) { certificates(first: 100, after: $after, status: $status) {
        nodes { ${FIELDS} } pageInfo { hasNextPage endCursor } } }`,
      { after, status },
    );
    all.push(...certificates.nodes);
    if (!certificates.pageInfo.hasNextPage) {
      return all;
    }
    after = certificates.pageInfo.endCursor;
  }
}

interface CertificatePage {
  readonly certificates: {
    readonly nodes: readonly ListedCertificate[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}
