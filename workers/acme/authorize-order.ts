import { identifiersOf } from '../../src/certificates/domain/acme/identifier.js';
import { readProblem, type AcmeIdentifier, type AcmeProblem } from '../../src/certificates/domain/acme/problem.js';
import { localProblem } from '../../src/certificates/domain/acme/problem.js';
import type { ExplainedProblem } from '../../src/certificates/domain/acme/explain-problem.js';
import { AcmeError, isProblem } from './acme-error.js';
import { inParallel } from './in-parallel.js';
import type { IssueContext } from './issue-context.js';
import {
  authorizationSchema,
  challengeSchema,
  orderSchema,
  readResource,
  type Authorization,
  type ChallengeResource,
  type Order,
} from './order-resources.js';
import { OrderProblems } from './order-problems.js';
import type { Presented } from './order-state.js';
import { poll } from './poll.js';
import type { ChallengeSolver, Challenge } from './challenges/challenge-solver.js';

const VALIDATION_MS = 5 * 60_000;
/** From when on, and how often, the authorizations are looked at while the order says that it is pending. */
const LOOK_MS = { after: 1_000, every: 5_000 } as const;

interface Attempt {
  readonly solver: ChallengeSolver;
  readonly challenge: Challenge;
  readonly resource: ChallengeResource;
  readonly planned: Presented | null;
}

/**
 * Proves all names of a pending order. Answers stand in place while the CA looks, and are removed when this returns or throws; after a
 * crash the next run removes them. Names that the CA holds for proved already cost nothing.
 * @throws OrderProblems with one problem for each name that failed
 * @throws AcmeError for what is not about a name
 */
export async function authorizeOrder(context: IssueContext, orderUrl: string): Promise<Order> {
  const { file, ports } = context;
  const authorizations = await readAuthorizations(context);
  refuseDead(authorizations);
  const pending = authorizations.filter(({ status }) => status === 'pending');
  const attempts = await inParallel(pending, (authorization) => plan(context, authorization));
  const presented = attempts.map(({ planned }) => planned).filter((planned) => planned !== null);
  // An earlier run that was killed has told the CA already, which may be looking at this moment.
  await removePresented(context, file.state?.step === 'RESPONDING' ? presented : []);
  try {
    await present(context, attempts, presented);
    const objections = await objectionsTo(context, attempts);
    if (objections.length > 0) {
      throw new OrderProblems([], objections);
    }
    await file.save({ step: 'RESPONDING' });
    await inParallel(attempts, ({ resource }) => respond(context, resource));
    ports.log('INFO', `Told the CA to validate ${attempts.length} of ${authorizations.length} names.`);
    return await validated(context, orderUrl);
  } finally {
    await removePresented(context);
  }
}

async function objectionsTo(
  { account, ports, signal }: IssueContext,
  attempts: readonly Attempt[],
): Promise<readonly ExplainedProblem[]> {
  const { meta } = await account.connection.directory(signal);
  const names = attempts.map(({ solver, challenge: { identifier, wildcard }, planned }) => ({
    identifier: wildcard ? { ...identifier, value: `*.${identifier.value}` } : identifier,
    method: solver.type,
    thumbprint: solver.type === 'http-01' && planned === null ? account.key.thumbprint : null,
  }));
  const facts = { caaIdentities: meta.caaIdentities, accountUri: account.record.url };
  return (await ports.preflight?.(names, facts, signal)) ?? [];
}

/** What an earlier run, or this one, has put in place, but for `keep`. What cannot be removed stays written down for the next time. */
export async function removePresented(
  { file, solvers, ports }: Pick<IssueContext, 'file' | 'solvers' | 'ports'>,
  keep: readonly Presented[] = [],
): Promise<void> {
  const all = file.state?.presented ?? [];
  const presented = without(all, keep);
  if (presented.length === 0) {
    return;
  }
  const left = [...without(all, presented)];
  // Not by the operation's own signal: what is cancelled is tidied up too.
  const signal = AbortSignal.timeout(30_000);
  for (const record of presented) {
    const solver = solvers.find((candidate, index) =>
      record.kind === 'file' ? candidate.type === 'http-01' : index === record.method,
    );
    try {
      await solver?.remove(record, signal);
      await ports.trace?.('challenge');
    } catch (error) {
      left.push(record);
      ports.log(
        'WARNING',
        `What was put in place for a challenge could not be removed. ${error instanceof Error ? error.message : ''}`,
      );
    }
  }
  await file.save({ presented: left });
}

/** Those that are not among the others, compared as they are written down. */
function without(records: readonly Presented[], others: readonly Presented[]): readonly Presented[] {
  const known = new Set(others.map((record) => JSON.stringify(record)));
  return records.filter((record) => !known.has(JSON.stringify(record)));
}

export async function readAuthorizations({ account, file, signal }: IssueContext): Promise<readonly Authorization[]> {
  return inParallel(file.state?.authorizationUrls ?? [], async (url) =>
    readResource(authorizationSchema, await account.post(url, null, { signal }), 'authorization'),
  );
}

async function plan(
  { account, request, solvers, signal }: IssueContext,
  authorization: Authorization,
): Promise<Attempt> {
  const identifier = identifierOf(authorization);
  const bare = { ...identifier, value: identifier.value.replace(/^\*\./, '') };
  const wildcard = identifier.value !== bare.value;
  for (const solver of solvers) {
    const resource = authorization.challenges.find(({ type, token }) => type === solver.type && token !== undefined);
    if (resource?.token !== undefined && solver.canProve(bare, wildcard)) {
      const { token } = resource;
      const keyAuthorization = `${token}.${account.key.thumbprint}`;
      const challenge = { identifier: bare, wildcard, token, keyAuthorization };
      const planned = await solver.plan(challenge, signal).catch((error: unknown) => {
        throw aboutName(error, identifier);
      });
      return { solver, challenge, resource, planned };
    }
  }
  const offered = authorization.challenges.map(({ type }) => type).join(', ');
  const configured = request.challenges.map(({ type }) => type).join(', ');
  throw new AcmeError(
    localProblem('local:noChallenge', `The CA offers ${offered}; configured is ${configured}.`, { identifier }),
  );
}

async function present(
  { file, solvers, ports, signal }: IssueContext,
  attempts: readonly Attempt[],
  presented: readonly Presented[],
): Promise<void> {
  if (presented.length === 0) {
    return;
  }
  const before = file.state?.presented ?? [];
  await file.save({ presented: [...before, ...without(presented, before)] });
  for (const { solver, challenge, planned } of attempts) {
    if (planned !== null) {
      await solver.present(planned, challenge, signal).catch((error: unknown) => {
        throw aboutName(error, challenge.identifier);
      });
      await ports.trace?.('challenge');
    }
  }
  await Promise.all(solvers.map((solver) => solver.confirm(presented, signal)));
}

async function respond({ account, signal }: IssueContext, { url, status }: ChallengeResource): Promise<void> {
  if (status !== 'pending') {
    return;
  }
  try {
    await account.post(url, {}, { signal });
  } catch (error) {
    if (!isProblem(error, 'malformed')) {
      throw error;
    }
    // Told by an earlier run, the CA may have decided since it was read: it takes nothing for what is decided.
    const now = readResource(challengeSchema, await account.post(url, null, { signal }), 'challenge');
    if (now.status === 'pending') {
      throw error;
    }
  }
}

/** Asks for the order alone: it is ready when all its names are proved, however many there are. */
async function validated(context: IssueContext, orderUrl: string): Promise<Order> {
  const { account, signal } = context;
  let looks = 0;
  let nextLook = Date.now() + LOOK_MS.after;
  const order = await poll({
    ask: async () => {
      const answer = await account.post(orderUrl, null, { signal });
      const value = readResource(orderSchema, answer, 'order');
      // Some CAs leave an order pending although a challenge has failed, and some even the challenge.
      if (value.status === 'pending' && Date.now() >= nextLook) {
        refuseDead(await readAuthorizations(context), looks > 0);
        looks += 1;
        nextLook = Date.now() + LOOK_MS.every;
      }
      return { value, answer };
    },
    isDone: ({ status }) => status !== 'pending',
    paceMs: account.connection.paceMs,
    timeoutMs: VALIDATION_MS,
    onTimeout: {
      type: 'local:notValidated',
      detail: `The CA has not validated the names within ${VALIDATION_MS / 60_000} minutes.`,
    },
    signal,
  });
  if (order.status === 'invalid') {
    await refuseInvalid(context, order);
  }
  return order;
}

/** @throws OrderProblems always: what the authorizations say of their names, or what the order says of itself */
export async function refuseInvalid(context: IssueContext, order: Order): Promise<never> {
  const own = order.error === undefined ? [] : [readProblem(order.error, 0, undefined)];
  const failed = (await readAuthorizations(context).catch(() => [])).flatMap((authorization) =>
    problemsOf(authorization),
  );
  throw new OrderProblems(
    failed.length > 0
      ? failed
      : own.length > 0
        ? own
        : [localProblem('local:notValidated', 'The CA says that the order is invalid, and not why.')],
  );
}

/** `stuck`: a challenge that has an error and waits to be tried again counts as failed. */
function refuseDead(authorizations: readonly Authorization[], stuck = false): void {
  const problems = authorizations.flatMap((authorization) => problemsOf(authorization, stuck));
  if (problems.length > 0) {
    throw new OrderProblems(problems);
  }
}

function problemsOf(authorization: Authorization, stuck = false): readonly AcmeProblem[] {
  const { status, challenges } = authorization;
  const identifier = identifierOf(authorization);
  const errors = challenges.filter(
    ({ status: state, error }) => error !== undefined && (state === 'invalid' || (stuck && state === 'pending')),
  );
  if (errors.length > 0) {
    return errors
      .slice(0, 1)
      .map(({ error }) => ({ ...readProblem(error, 0, undefined), identifier, subproblems: [] }));
  }
  return status === 'pending' || status === 'valid'
    ? []
    : [localProblem('local:notValidated', `The authorization is ${status}.`, { identifier })];
}

/** As it was ordered, however the CA spells it; with its `*.`, which the CA leaves out (RFC 8555 §7.1.4). */
function identifierOf({ identifier, wildcard }: Authorization): AcmeIdentifier {
  const { type, value } = identifier;
  const name = wildcard === true && !value.startsWith('*.') ? `*.${value}` : value;
  try {
    return identifiersOf([name])[0] ?? { type, value: name };
  } catch {
    return { type, value: name };
  }
}

function aboutName(error: unknown, identifier: AcmeIdentifier): unknown {
  return error instanceof AcmeError ? new OrderProblems([{ ...error.problem, identifier }]) : error;
}
