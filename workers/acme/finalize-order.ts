import { makeCsr } from '../tls/make-csr.js';
import { isProblem } from './acme-error.js';
import { refuseInvalid } from './authorize-order.js';
import type { IssueContext } from './issue-context.js';
import { orderSchema, readResource, type Order } from './order-resources.js';
import type { OrderState } from './order-state.js';
import { poll } from './poll.js';

const ISSUANCE_MS = 5 * 60_000;
/** So often a CA may say `ready` after it was asked to issue, before it is asked once more. */
const PATIENCE = 9;

/** From `ready` to the URL of the certificate. The same key and names however often it is run. @throws AcmeError, OrderProblems */
export async function finalizeOrder(context: IssueContext, state: OrderState, order: Order): Promise<string> {
  const { account, file, signal } = context;
  const orderUrl = state.orderUrl ?? '';
  let current = order;
  if (current.status === 'ready') {
    await file.save({ step: 'FINALIZING' });
    current = await askForCertificate(context, state);
  }
  let stillReady = 0;
  const done = await poll({
    ask: async () => {
      const answer = await account.post(orderUrl, null, { signal });
      const value = readResource(orderSchema, answer, 'order');
      stillReady = value.status === 'ready' ? stillReady + 1 : 0;
      if (stillReady === PATIENCE) {
        await askForCertificate(context, state);
      }
      return { value, answer };
    },
    isDone: isIssuedOrDead,
    first: current,
    paceMs: account.connection.paceMs,
    timeoutMs: ISSUANCE_MS,
    onTimeout: { type: 'local:notValidated', detail: 'The CA is still working on the certificate.' },
    signal,
  });
  return done.certificate ?? refuseInvalid(context, done);
}

function isIssuedOrDead({ status, certificate }: Order): boolean {
  return status === 'invalid' || (status === 'valid' && certificate !== undefined);
}

async function askForCertificate(context: IssueContext, state: OrderState): Promise<Order> {
  const { account, file, identifiers, signal } = context;
  const csr = makeCsr(file.privateKey, {
    names: identifiers.filter(({ type }) => type === 'dns').map(({ value }) => value),
    addresses: identifiers.filter(({ type }) => type === 'ip').map(({ value }) => value),
  });
  try {
    const answer = await account.post(state.finalizeUrl ?? '', { csr: csr.toString('base64url') }, { signal });
    return readResource(orderSchema, answer, 'order');
  } catch (error) {
    // The first answer was lost, and the CA is at work: the order says how far it is.
    if (isProblem(error, 'orderNotReady')) {
      const answer = await account.post(state.orderUrl ?? '', null, { signal });
      return readResource(orderSchema, answer, 'order');
    }
    throw error;
  }
}
