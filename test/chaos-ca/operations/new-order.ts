import { admitOrder, type AdmittedOrder } from '../admit-order.js';
import { accountOf, optionalText, payloadOf } from '../http/payload.js';
import type { AcmeRequest, Reply } from '../http/request.js';
import { baseName, identifierSet, isWildcard, parseIdentifiers, type Identifier } from '../identifier.js';
import { AcmeProblem, problemOf } from '../problem.js';
import type { Account, Authorization, CaState, Order } from '../state.js';
import { challengeTypesFor } from '../validation/validate.js';
import { authorizationStatus, orderReply, orderStatus } from './order-view.js';

/** RFC 8555 §7.4. */
export function newOrder(ca: CaState, request: AcmeRequest): Reply {
  const account = accountOf(request);
  const payload = payloadOf(request);
  if (payload.notBefore !== undefined || payload.notAfter !== undefined) {
    throw new AcmeProblem('malformed', 'NotBefore and NotAfter are not supported');
  }
  const replaces = optionalText(payload, 'replaces');
  const identifiers = parseIdentifiers(payload.identifiers, ca.desk.blockedNames);
  refuseByFault(ca, identifiers, replaces);
  const wanted = { account: account.id, identifiers: payload.identifiers, profile: optionalText(payload, 'profile') };
  const reused = reusableOrder(ca, account, identifiers);
  if (reused !== undefined) {
    return orderReply(ca, reused, 201);
  }
  const admitted = admitOrder(ca.desk, { ...wanted, replaces });
  const now = ca.clock.ms();
  const order: Order = {
    id: String(5_000 + ca.orders.size),
    account: account.id,
    identifiers: admitted.identifiers,
    profile: admitted.profile,
    expires: now + admitted.profile.orderMs,
    replaced: admitted.replaced,
    replaces,
    authorizations: admitted.identifiers.map((each) => authorizationFor(ca, account, each, admitted)),
  };
  ca.orders.set(order.id, order);
  return orderReply(ca, order, 201);
}

function refuseByFault(
  { faults, desk }: CaState,
  identifiers: readonly Identifier[],
  replaces: string | undefined,
): void {
  const names = identifiers.map(({ value }) => value);
  const occasion = { operation: 'newOrder', names };
  if (replaces !== undefined && faults.take('alreadyReplaced', occasion)) {
    const detail = 'cannot indicate an order replaces a certificate which already has a replacement order';
    throw new AcmeProblem('alreadyReplaced', detail);
  }
  if (faults.take('paused', occasion)) {
    const detail = `Your account is temporarily prevented from requesting certificates for ${names.join(', ')} and possibly others. Please visit: ${desk.unpauseUrl}`;
    throw new AcmeProblem('rateLimited', detail, { links: [`<${desk.unpauseUrl}>;rel="help"`] });
  }
  const rule = faults.take('subproblems', occasion);
  if (rule !== undefined) {
    const bad = identifiers.filter(({ value }) => rule.names?.includes(value) ?? value === names.at(-1));
    const detail =
      'The ACME server refuses to issue a certificate for this domain name, because it is forbidden by policy';
    throw problemOf(bad.map((identifier) => ({ type: 'rejectedIdentifier', detail, identifier })));
  }
}

/** By fault, as Boulder may: the order that is open for the same names. */
function reusableOrder(ca: CaState, account: Account, identifiers: readonly Identifier[]): Order | undefined {
  if (!ca.faults.isOn('orderReuse')) {
    return undefined;
  }
  const names = identifiers.map(({ value }) => value);
  const found = [...ca.orders.values()].find(
    (order) =>
      order.account === account.id &&
      identifierSet(order.identifiers.map(({ value }) => value)) === identifierSet(names) &&
      ['pending', 'ready'].includes(orderStatus(ca, order)),
  );
  return found !== undefined && ca.faults.take('orderReuse', { operation: 'newOrder', names }) ? found : undefined;
}

function authorizationFor(ca: CaState, account: Account, identifier: Identifier, order: AdmittedOrder): Authorization {
  const base: Identifier = { ...identifier, value: baseName(identifier.value) };
  const wildcard = isWildcard(identifier.value);
  const known = ca.faults.isOn('authzReuse') ? validAuthorization(ca, account, base, wildcard) : undefined;
  if (known !== undefined && ca.faults.take('authzReuse', { operation: 'newOrder', names: [identifier.value] })) {
    return known;
  }
  const token = ca.random.token();
  const authorization: Authorization = {
    id: String(9_000 + ca.authorizations.size),
    account: account.id,
    identifier: base,
    isWildcard: wildcard,
    profile: order.profile.name,
    status: 'pending',
    expires: ca.clock.ms() + order.profile.pendingAuthorizationMs,
    challenges: challengeTypesFor(base.type === 'ip', wildcard).map((type) => ({ type, token, status: 'pending' })),
  };
  ca.authorizations.set(authorization.id, authorization);
  return authorization;
}

function validAuthorization(
  ca: CaState,
  account: Account,
  { value }: Identifier,
  wildcard: boolean,
): Authorization | undefined {
  return [...ca.authorizations.values()].find(
    (each) =>
      each.account === account.id &&
      each.identifier.value === value &&
      each.isWildcard === wildcard &&
      authorizationStatus(ca, each) === 'valid',
  );
}
