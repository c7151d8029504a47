import type { Clock } from '../../src/shared/clock.js';
import { isWithin, parseCertId } from './ari.js';
import { parseIdentifiers, type Identifier } from './identifier.js';
import { windowOf, type IssuedCertificate, type IssuedCertificates } from './issued-certificates.js';
import { AcmeProblem } from './problem.js';
import { chooseProfile, type Profile, type Profiles } from './profile.js';
import type { LimitName } from './lets-encrypt-limits.js';
import type { RateLimits, Refusal } from './rate-limits.js';

/** What decides about a new order, over HTTP and in process alike. */
export interface OrderDesk {
  readonly clock: Clock;
  readonly profiles: Profiles;
  readonly certificates: IssuedCertificates;
  /** Undefined: nothing is limited. */
  readonly limits: RateLimits | undefined;
  readonly authorityKeyIds: ReadonlySet<string>;
  readonly blockedNames: readonly string[];
  /** Where a paused account is unpaused. */
  readonly unpauseUrl: string;
  readonly onRefusal?: (refusal: Refusal) => void;
}

export interface OrderRequest {
  readonly account: string;
  readonly identifiers: unknown;
  readonly profile?: string | undefined;
  readonly replaces?: string | undefined;
}

export interface AdmittedOrder {
  readonly identifiers: readonly Identifier[];
  readonly profile: Profile;
  readonly replaced: IssuedCertificate | undefined;
  /** In its window, and so exempt from all limits. */
  readonly isAriRenewal: boolean;
}

/** Names, profile, `replaces`, then limits, in Boulder's order. @throws AcmeProblem */
export function admitOrder(desk: OrderDesk, request: OrderRequest): AdmittedOrder {
  const identifiers = parseIdentifiers(request.identifiers, desk.blockedNames);
  const profile = chooseProfile(desk.profiles, request.profile, identifiers);
  const names = identifiers.map(({ value }) => value);
  const replaced = findReplaced(desk, request, names);
  const isAriRenewal = replaced !== undefined && isWithin(windowOf(replaced), desk.clock.now().getTime());
  const refusal = desk.limits?.newOrder({ account: request.account, identifiers: names, isAriRenewal });
  if (refusal !== undefined) {
    desk.onRefusal?.(refusal);
    throw tooMany(refusal, desk.unpauseUrl);
  }
  return { identifiers, profile, replaced, isAriRenewal };
}

/** RFC 9773 §5. */
function findReplaced(
  { certificates, authorityKeyIds }: OrderDesk,
  { account, replaces }: OrderRequest,
  names: readonly string[],
): IssuedCertificate | undefined {
  if (replaces === undefined) {
    return undefined;
  }
  const parsed = parseCertId(replaces);
  if (parsed === undefined || !authorityKeyIds.has(parsed.authorityKeyId)) {
    throw new AcmeProblem('malformed', 'While validating ARI "replaces" field: path is not a certID of this CA');
  }
  const found = certificates.byCertId(replaces);
  if (found === undefined) {
    throw new AcmeProblem('malformed', 'While validating ARI "replaces" field: no such certificate', { status: 404 });
  }
  if (found.account !== account) {
    const detail = 'requester account did not request the certificate being replaced by this order';
    throw new AcmeProblem('unauthorized', detail);
  }
  if (!found.identifiers.some((name) => names.includes(name))) {
    const detail = 'identifiers in this order do not match any identifiers in the certificate being replaced';
    throw new AcmeProblem('malformed', detail);
  }
  if (found.isReplaced) {
    const detail = `cannot indicate an order replaces certificate with serial "${found.serial}", which already has a replacement order`;
    throw new AcmeProblem('alreadyReplaced', detail);
  }
  return found;
}

const DOCUMENTATION: Partial<Readonly<Record<LimitName, string>>> = {
  newOrdersPerAccount: 'new-orders-per-account',
  certificatesPerDomain: 'new-certificates-per-registered-domain',
  certificatesPerIdentifierSet: 'new-certificates-per-exact-set-of-identifiers',
  failedAuthorizations: 'authorization-failures-per-identifier-per-account',
};

/** 429, with Retry-After in whole seconds, upwards. */
export function tooMany(refusal: Refusal, unpauseUrl: string): AcmeProblem {
  if (refusal.retryAfterMs === undefined) {
    const detail = `${refusal.message}. Please visit: ${unpauseUrl}`;
    return new AcmeProblem('rateLimited', detail, { links: [`<${unpauseUrl}>;rel="help"`] });
  }
  const seconds = Math.ceil(refusal.retryAfterMs / 1_000);
  const page = DOCUMENTATION[refusal.limit] ?? 'new-registrations-per-ip-address';
  const help = `https://letsencrypt.org/docs/rate-limits/#${page}`;
  return new AcmeProblem('rateLimited', `${refusal.message}, retry after ${seconds} s: see ${help}`, {
    retryAfter: String(seconds),
    links: [`<${help}>;rel="help"`],
  });
}
