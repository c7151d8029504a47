import { domainToUnicode } from 'node:url';
import type { Reply } from '../http/request.js';
import type { Identifier } from '../identifier.js';
import { AcmeProblem } from '../problem.js';
import { authorizationUrl, orderUrl, type Authorization, type CaState, type Order } from '../state.js';

export type OrderStatus = 'pending' | 'ready' | 'processing' | 'valid' | 'invalid';

/** RFC 8555 §7.1.6. */
export function authorizationStatus(
  ca: CaState,
  { status, expires }: Authorization,
): Authorization['status'] | 'expired' {
  const canExpire = status === 'pending' || status === 'valid';
  return canExpire && expires <= ca.clock.ms() ? 'expired' : status;
}

export function orderStatus(ca: CaState, order: Order): OrderStatus {
  if (order.error !== undefined) {
    return 'invalid';
  }
  if (order.finalized !== undefined) {
    return order.finalized;
  }
  const statuses = order.authorizations.map((each) => authorizationStatus(ca, each));
  if (order.expires <= ca.clock.ms() || statuses.some((status) => status !== 'pending' && status !== 'valid')) {
    return 'invalid';
  }
  return statuses.every((status) => status === 'valid') ? 'ready' : 'pending';
}

/** A look at an order: uses up one of the polls that a fault has it lie for. */
export function orderReply(ca: CaState, order: Order, status = 200): Reply {
  const { pretence } = order;
  const isLying = pretence !== undefined && pretence.polls > 0;
  if (isLying) {
    pretence.polls -= 1;
  }
  const shown = isLying ? pretence.status : orderStatus(ca, order);
  const certificate = shown === 'valid' && !isLying ? { certificate: certificateUrl(ca, order) } : {};
  const error = order.error ?? (shown === 'invalid' ? deadAuthorization(ca, order) : undefined);
  return {
    status,
    headers: { location: orderUrl(ca, order), ...(shown === 'processing' && { 'retry-after': '1' }) },
    body: {
      status: shown,
      expires: new Date(order.expires).toISOString(),
      identifiers: order.identifiers.map((each) => shownIdentifier(ca, each)),
      profile: order.profile.name,
      ...(order.replaces !== undefined && { replaces: order.replaces }),
      authorizations: order.authorizations.map((each) => authorizationUrl(ca, each)),
      finalize: `${ca.baseUrl}/acme/finalize/${order.account}/${order.id}`,
      ...certificate,
      ...(error && { error: error.document() }),
    },
  };
}

function certificateUrl(ca: CaState, order: Order): string {
  const serial = (ca.faults.isOn('duplicateCertificateUrl') && previousSerial(ca, order)) || order.serial;
  return `${ca.baseUrl}/acme/cert/${String(serial)}`;
}

function previousSerial({ orders, faults }: CaState, order: Order): string | undefined {
  const earlier = [...orders.values()].filter(
    ({ account, serial }) => account === order.account && serial !== undefined,
  );
  const previous = earlier[earlier.indexOf(order) - 1];
  const names = order.identifiers.map(({ value }) => value);
  return previous && faults.take('duplicateCertificateUrl', { operation: 'order', names }) && previous.serial;
}

function deadAuthorization(ca: CaState, order: Order): AcmeProblem | undefined {
  const failed = order.authorizations.filter((each) => authorizationStatus(ca, each) === 'invalid');
  const subproblems = failed.flatMap(({ identifier, challenges }) =>
    challenges.flatMap(({ error }) => (error ? [{ type: error.type, detail: error.detail, identifier }] : [])),
  );
  const [first] = subproblems;
  return first && new AcmeProblem(first.type, `Some authorizations failed: ${first.detail}`, { subproblems });
}

/** As it was asked for; by fault in another case or alphabet. */
export function shownIdentifier(ca: CaState, identifier: Identifier): Identifier {
  if (identifier.type === 'ip' || !ca.faults.take('idnaCase', { operation: 'order', names: [identifier.value] })) {
    return identifier;
  }
  const unicode = domainToUnicode(identifier.value);
  return { ...identifier, value: unicode === identifier.value ? unicode.toUpperCase() : unicode };
}
