import { readProblem, type AcmeProblem } from '../../src/certificates/domain/acme/problem.js';
import { localProblem } from '../../src/certificates/domain/acme/problem.js';
import { isProblem } from './acme-error.js';
import { inParallel } from './in-parallel.js';
import type { IssueContext } from './issue-context.js';
import {
  authorizationSchema,
  challengeSchema,
  identifierOf,
  orderSchema,
  readResource,
  type Authorization,
  type ChallengeResource,
  type Order,
} from './order-resources.js';
import { NameFailures } from './name-failures.js';
import { OrderProblems } from './order-problems.js';
import { without, type Presented } from './order-state.js';
import { poll } from './poll.js';
import { objectionsTo, planAnswers, presentAnswers } from './present-answers.js';

const VALIDATION_MS = 5 * 60_000;
/** From when on, and how often, the authorizations are looked at while the order says that it is pending. */
const LOOK_MS = { after: 1_000, every: 5_000 } as const;

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
  // One further order is to leave out all names that fail, and not the first of them.
  const failures = new NameFailures(context.signal);
  const attempts = await planAnswers(context, pending, failures);
  const presented = attempts.flatMap(({ planned }) => planned ?? []);
  // An earlier run that was killed has told the CA already, which may be looking at this moment.
  await removePresented(context, file.state?.step === 'RESPONDING' ? presented : []);
  try {
    const standing = await presentAnswers(context, attempts, failures);
    failures.end(await objectionsTo(context, standing));
    await file.save({ step: 'RESPONDING' });
    await inParallel(attempts, ({ resource }) => respond(context, resource));
    ports.log('INFO', `Told the CA to validate ${attempts.length} of ${authorizations.length} names.`);
    return await validated(context, orderUrl);
  } finally {
    await removePresented(context);
  }
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

export async function readAuthorizations({ account, file, signal }: IssueContext): Promise<readonly Authorization[]> {
  return inParallel(file.state?.authorizationUrls ?? [], async (url) =>
    readResource(authorizationSchema, await account.post(url, null, { signal }), 'authorization'),
  );
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
