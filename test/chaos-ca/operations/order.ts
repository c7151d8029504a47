import { accountOf, notFound, requirePostAsGet } from '../http/payload.js';
import type { AcmeRequest, Reply } from '../http/request.js';
import type { CaState, Order } from '../state.js';
import { orderReply } from './order-view.js';

export function readOrder(ca: CaState, request: AcmeRequest): Reply {
  requirePostAsGet(request);
  return orderReply(ca, findOrder(ca, request));
}

/** Strangers' orders do not exist. */
export function findOrder(ca: CaState, request: AcmeRequest): Order {
  const [owner = '', id = ''] = request.parameters;
  const order = ca.orders.get(id);
  if (order === undefined || order.account !== owner || order.account !== accountOf(request).id) {
    throw notFound(`No order for ID ${id}`);
  }
  return order;
}
