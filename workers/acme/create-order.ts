import type { AcmeIssueRequest } from '../../src/certificates/domain/acme/issue-request.js';
import { localProblem } from '../../src/certificates/domain/acme/problem.js';
import { AcmeError, localError } from './acme-error.js';
import type { AcmeAnswer } from './ca-connection.js';
import type { IssueContext } from './issue-context.js';
import { orderSchema, readResource, type Order } from './order-resources.js';

interface Extras {
  readonly profile: string | null;
  readonly replaces: string | null;
}

/**
 * Asks for the order, with profile and `replaces` as far as the CA goes along: what it does not take is left out once, with a warning. The
 * order's URL is on the disk when this returns. @throws AcmeError
 */
export async function createOrder(context: IssueContext): Promise<Order> {
  const { account, file, request, signal, ports } = context;
  const { profiles } = (await account.connection.directory(signal).then(({ meta }) => meta)) ?? {};
  const warnings: string[] = [];
  let extras: Extras = { profile: knownProfile(request, profiles, warnings), replaces: replacesOf(context) };
  let answer: AcmeAnswer | undefined;
  while (answer === undefined) {
    try {
      answer = await ask(context, extras);
    } catch (error) {
      const less = error instanceof AcmeError ? withLess(extras, error, request, warnings) : undefined;
      if (less === undefined) {
        throw error;
      }
      extras = less;
    }
  }
  const order = readResource(orderSchema, answer, 'order');
  if (answer.location === undefined) {
    throw localError('local:notAcme', 'The CA took the order without saying where it is (RFC 8555 §7.4).');
  }
  warnings.forEach((warning) => ports.log('WARNING', warning));
  await file.save({
    step: 'ORDERED',
    orderUrl: answer.location,
    finalizeUrl: order.finalize,
    authorizationUrls: order.authorizations,
    profile: extras.profile,
    replaced: extras.replaces !== null,
    warnings,
  });
  ports.log('INFO', `Ordered a certificate for ${context.identifiers.length} names: ${answer.location}`);
  return order;
}

async function ask({ account, identifiers, signal }: IssueContext, { profile, replaces }: Extras): Promise<AcmeAnswer> {
  const { newOrder } = await account.connection.directory(signal);
  const payload = {
    identifiers,
    ...(profile === null ? {} : { profile }),
    ...(replaces === null ? {} : { replaces }),
  };
  return account.post(newOrder, payload, { signal, repeatable: false });
}

/** Only to the CA and the account that the old certificate came from: elsewhere it is an error for ever. */
function replacesOf({ account, request }: IssueContext): string | null {
  const { replaces, ca } = request;
  return replaces !== null &&
    !account.isNew &&
    replaces.directoryUrl === ca.directoryUrl &&
    replaces.accountUrl === account.record.url
    ? replaces.ariId
    : null;
}

function knownProfile(
  { profile }: AcmeIssueRequest,
  profiles: Readonly<Record<string, string>> | undefined,
  warnings: string[],
): string | null {
  if (profile === null || (profiles !== undefined && Object.hasOwn(profiles, profile.name))) {
    return profile?.name ?? null;
  }
  const detail = `The CA has no profile "${profile.name}"; it has ${Object.keys(profiles ?? {}).join(', ') || 'none'}.`;
  if (profile.required) {
    throw new AcmeError(localProblem('local:profileUnknown', detail));
  }
  warnings.push(`${detail} Its default is taken.`);
  return null;
}

function withLess(
  extras: Extras,
  { problem }: AcmeError,
  { profile }: AcmeIssueRequest,
  warnings: string[],
): Extras | undefined {
  const { type, status, detail } = problem;
  const aboutReplacement =
    type === 'alreadyReplaced' ||
    status === 404 ||
    (/replac/i.test(detail) && (type === 'malformed' || type === 'unauthorized' || status === 409));
  if (extras.replaces !== null && aboutReplacement) {
    warnings.push(
      `The CA does not take the certificate as the successor of the old one (${detail}); its rate limits count it.`,
    );
    return { ...extras, replaces: null };
  }
  if (extras.profile !== null && type === 'invalidProfile' && profile?.required === false) {
    warnings.push(`The CA refuses the profile "${extras.profile}" (${detail}). Its default is taken.`);
    return { ...extras, profile: null };
  }
  return undefined;
}
