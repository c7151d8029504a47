import { payloadOf } from '../http/payload.js';
import type { AcmeRequest, Reply } from '../http/request.js';
import { validityFrom, type IssuedCertificate } from '../issued-certificates.js';
import { readCsr, type CheckedCsr } from '../pki/read-csr.js';
import { AcmeProblem } from '../problem.js';
import { accountUrl, type CaState, type Order } from '../state.js';
import { caaForbids } from '../validation/caa.js';
import { findOrder } from './order.js';
import { orderReply, orderStatus } from './order-view.js';

/** RFC 8555 §7.4, second half. A bad request leaves the order ready; a CAA record makes it invalid. */
export async function finalize(ca: CaState, request: AcmeRequest): Promise<Reply> {
  const order = findOrder(ca, request);
  const status = orderStatus(ca, order);
  if (status !== 'ready') {
    throw new AcmeProblem('orderNotReady', `Order's status ("${status}") is not acceptable for finalization`);
  }
  const { csr } = payloadOf(request);
  if (typeof csr !== 'string' || !/^[\w-]+$/.test(csr)) {
    throw new AcmeProblem('malformed', 'Error parsing certificate request: not base64url without padding');
  }
  const thumbprint = ca.accounts.get(order.account)?.key.thumbprint ?? '';
  const { identifiers } = order;
  // From here on nobody else may finalize it.
  order.finalized = 'processing';
  try {
    const checked = await readCsr(Buffer.from(csr, 'base64url'), { identifiers, accountThumbprint: thumbprint });
    if (ca.blockedKeys.has(checked.thumbprint)) {
      throw new AcmeProblem('badCSR', 'invalid public key in CSR: public key is forbidden');
    }
    order.error = await caaProblem(ca, order);
    if (order.error === undefined) {
      await issue(ca, order, checked);
    }
  } catch (error) {
    delete order.finalized;
    throw error;
  }
  return orderReply(ca, order);
}

async function caaProblem(ca: CaState, order: Order): Promise<AcmeProblem | undefined> {
  const names = order.identifiers.filter(({ type }) => type === 'dns').map(({ value }) => value);
  if (ca.faults.isAimedAt('caa', 'finalize') && ca.faults.take('caa', { operation: 'finalize', names })) {
    return new AcmeProblem('caa', `Rechecking CAA for ${String(names[0])}: CAA record prevents issuance`);
  }
  const { caaIdentities: identities } = ca.options;
  const method = (name: string): string =>
    order.authorizations
      .find((each) => `${each.isWildcard ? '*.' : ''}${each.identifier.value}` === name)
      ?.challenges.find(({ status }) => status === 'valid')?.type ?? '';
  const problems = await Promise.all(
    names.map((name) =>
      caaForbids(ca.surroundings.resolver, {
        name,
        identities,
        accountUrl: accountUrl(ca, order.account),
        method: method(name),
      }).catch((error: AcmeProblem) => error),
    ),
  );
  return problems.find((problem) => problem !== undefined);
}

async function issue(ca: CaState, order: Order, csr: CheckedCsr): Promise<void> {
  const names = order.identifiers.map(({ value }) => value);
  const takes = (fault: Parameters<typeof ca.faults.take>[0]) =>
    ca.faults.take(fault, { operation: 'finalize', names });
  const isMissing = takes('missingName') !== undefined;
  const serial = ca.certifier.newSerial();
  const dates = validityFrom(ca.clock.ms(), order.profile.lifeMs);
  const leaf = await ca.certifier.certify(
    {
      serial,
      identifiers: isMissing ? order.identifiers.slice(0, Math.max(1, names.length - 1)) : order.identifiers,
      publicKey: csr.publicKey,
      isClassic: order.profile.isClassic,
      ...dates,
    },
    { fromStaging: takes('stagingRoot') !== undefined, chainFirst: takes('wrongChainOrder') !== undefined },
  );
  const facts: IssuedCertificate = {
    serial,
    certId: leaf.certId,
    account: order.account,
    identifiers: names,
    profile: order.profile.name,
    ...dates,
    isReplaced: false,
    ...(takes('revoked') && { revokedAt: ca.clock.ms(), revocationReason: 4 }),
  };
  ca.certificates.set(serial, { ...leaf, facts, keyThumbprint: csr.thumbprint });
  ca.desk.certificates.add(facts);
  ca.desk.limits?.issued(names);
  if (order.replaced !== undefined) {
    order.replaced.isReplaced = true;
  }
  order.serial = serial;
  order.finalized = 'valid';
  pretend(order, takes);
}

function pretend(
  order: Order,
  takes: (
    fault: 'processing' | 'readyWithoutCertificate' | 'validWithoutCertificate',
  ) => { readonly polls?: number } | undefined,
): void {
  const claims = [
    ['processing', 'processing'],
    ['readyWithoutCertificate', 'ready'],
    ['validWithoutCertificate', 'valid'],
  ] as const;
  for (const [fault, status] of claims) {
    const rule = takes(fault);
    if (rule !== undefined) {
      // The answer to finalize is a look as well.
      order.pretence = { status, polls: 1 + (rule.polls ?? 2) };
      return;
    }
  }
}
