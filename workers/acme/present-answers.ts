import type { ExplainedProblem } from '../../src/certificates/domain/acme/explain-problem.js';
import { localProblem, type AcmeIdentifier } from '../../src/certificates/domain/acme/problem.js';
import { AcmeError } from './acme-error.js';
import type { Challenge, ChallengeSolver } from './challenges/challenge-solver.js';
import { inParallel } from './in-parallel.js';
import type { IssueContext } from './issue-context.js';
import type { NameFailures } from './name-failures.js';
import { identifierOf, type Authorization, type ChallengeResource } from './order-resources.js';
import { without, type Presented } from './order-state.js';

/** So long more failures are looked for after the first: a name server that is down is waited for with each record. */
const FURTHER_FAILURES_MS = 2 * 60_000;

export interface Attempt {
  /** As it was ordered. */
  readonly identifier: AcmeIdentifier;
  readonly solver: ChallengeSolver;
  readonly challenge: Challenge;
  readonly resource: ChallengeResource;
  readonly planned: Presented | null;
}

/** How each name is to be proved, but for those that cannot be. Changes nothing. */
export async function planAnswers(
  context: IssueContext,
  authorizations: readonly Authorization[],
  failures: NameFailures,
): Promise<readonly Attempt[]> {
  const planned = await inParallel(authorizations, (authorization) =>
    failures.of(identifierOf(authorization), plan(context, authorization)),
  );
  return planned.filter((attempt) => attempt !== undefined);
}

/** @throws AcmeError local:noChallenge, local:challengeNotPresented */
async function plan(
  { account, request, solvers, signal }: IssueContext,
  authorization: Authorization,
): Promise<Attempt> {
  const identifier = identifierOf(authorization);
  const bare = { ...identifier, value: identifier.value.replace(/^\*\./, '') };
  const wildcard = identifier.value !== bare.value;
  for (const solver of solvers) {
    const resource = authorization.challenges.find(({ type, token }) => type === solver.type && token !== undefined);
    if (resource?.token !== undefined && solver.canProve(identifier.value)) {
      const { token } = resource;
      const keyAuthorization = `${token}.${account.key.thumbprint}`;
      const challenge = { identifier: bare, wildcard, token, keyAuthorization };
      return { identifier, solver, challenge, resource, planned: await solver.plan(challenge, signal) };
    }
  }
  const offered = authorization.challenges.map(({ type }) => type).join(', ');
  const configured = request.challenges.map(({ type }) => type).join(', ');
  throw new AcmeError(localProblem('local:noChallenge', `The CA offers ${offered}; configured is ${configured}.`));
}

/** Puts the answers in place and waits until the CA will find them: returns those that stand. What is planned is on the disk before. */
export async function presentAnswers(
  { file, solvers, ports, signal }: IssueContext,
  attempts: readonly Attempt[],
  failures: NameFailures,
): Promise<readonly Attempt[]> {
  const toPresent = attempts.filter(({ planned }) => planned !== null);
  if (toPresent.length === 0) {
    return attempts;
  }
  const before = file.state?.presented ?? [];
  const records = toPresent.flatMap(({ planned }) => planned ?? []);
  await file.save({ presented: [...before, ...without(records, before)] });
  const standing = new Map<Presented, Attempt>();
  const until = Date.now() + FURTHER_FAILURES_MS;
  for (const attempt of toPresent) {
    const { identifier, solver, challenge, planned } = attempt;
    if (planned !== null && !(failures.some && Date.now() > until)) {
      const presented = solver.present(planned, challenge, signal).then(() => true);
      if (await failures.of(identifier, presented)) {
        standing.set(planned, attempt);
      }
      await ports.trace?.('challenge');
    }
  }
  const confirmed = await Promise.all(solvers.map((solver) => solver.confirm([...standing.keys()], signal)));
  const unseen = new Map(confirmed.flatMap((errors) => [...errors]));
  for (const [planned, { identifier }] of standing) {
    const error = unseen.get(planned);
    if (error !== undefined) {
      failures.add(identifier, error);
      standing.delete(planned);
    }
  }
  return attempts.filter(({ planned }) => planned === null || standing.has(planned));
}

/** What is known against names whose answers stand. */
export async function objectionsTo(
  { account, ports, signal }: IssueContext,
  attempts: readonly Attempt[],
): Promise<readonly ExplainedProblem[]> {
  const { meta } = await account.connection.directory(signal);
  const names = attempts.map(({ identifier, solver, planned }) => ({
    identifier,
    method: solver.type,
    thumbprint: solver.type === 'http-01' && planned === null ? account.key.thumbprint : null,
  }));
  const facts = { caaIdentities: meta.caaIdentities, accountUri: account.record.url };
  return (await ports.preflight?.(names, facts, signal)) ?? [];
}
