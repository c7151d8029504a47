import { X509Certificate } from 'node:crypto';
import { certificateIdOf } from '../../src/certificates/domain/acme/certificate-id.js';
import { identifierKey, identifiersOf } from '../../src/certificates/domain/acme/identifier.js';
import type { AcmeIssueRequest } from '../../src/certificates/domain/acme/issue-request.js';
import type { AcmeIssued, AcmeNotIssued } from '../../src/certificates/domain/acme/issue-outcome.js';
import type { AcmeIdentifier } from '../../src/certificates/domain/acme/problem.js';
import { Secret } from '../../src/shared/secret.js';
import { makeKeyPair, privateKeyPem } from '../tls/make-self-signed.js';
import { AcmeError, isProblem, localError } from './acme-error.js';
import { AcmePaths } from './acme-paths.js';
import { authorizeOrder, refuseInvalid, removePresented } from './authorize-order.js';
import { connectionTo } from './ca-connection.js';
import { dns01 } from './challenges/dns-01.js';
import type { ChallengeSolver } from './challenges/challenge-solver.js';
import { http01 } from './challenges/http-01.js';
import { createOrder } from './create-order.js';
import { downloadCertificate } from './download-certificate.js';
import { finalizeOrder } from './finalize-order.js';
import type { IssueContext, IssuePorts } from './issue-context.js';
import { notIssued } from './not-issued.js';
import { openAccount, type OpenAccount } from './open-account.js';
import { OrderFile } from './order-file.js';
import { orderSchema, readResource, type Order } from './order-resources.js';
import type { OrderState } from './order-state.js';

const ORDER_MS = 10 * 60_000;

/** The key stays in this process; everything else of the outcome is plain data. */
export type IssueResult =
  | { readonly outcome: AcmeIssued; readonly privateKey: Secret }
  | { readonly outcome: AcmeNotIssued };

/**
 * Gets a certificate from an ACME server (RFC 8555). Every step is on the disk before it is taken: killed anywhere and called again with
 * the same request, it goes on with the same order and key, or at worst begins one order more. What was issued is
 * handed out again until `closeOrder`, so that the caller can store it in its own time. Another request for the same
 * certificate id begins anew. Ends within ten minutes, at once when cancelled, and never sleeps longer than 30 s: what the CA wants
 * to have later is written down and is the outcome.
 * @throws DomainError for what is wrong on this server (DISK_FULL, READ_ONLY, PROGRAM_MISSING, CONFIG_INVALID, ACME_ACCOUNT_UNUSABLE)
 */
export async function issueByAcme(request: AcmeIssueRequest, ports: IssuePorts): Promise<IssueResult> {
  const now = ports.now?.() ?? new Date();
  const identifiers = identifiersOf(request.names);
  const paths = new AcmePaths(ports.acmeDirectory);
  const file = await OrderFile.open(paths, request.certificateId, ports.trace ?? (() => undefined));
  const signal = AbortSignal.any([ports.signal, AbortSignal.timeout(ORDER_MS)]);
  try {
    const state = await issue({ request, identifiers, paths, file, ports, signal }, now);
    return issued(state);
  } catch (error) {
    const ended = signal.aborted && !ports.signal.aborted ? tookTooLong(error) : error;
    const outcome = await notIssued(ended, { file, identifiers, now: ports.now?.() ?? new Date() });
    if (outcome === undefined) {
      throw error;
    }
    return { outcome };
  }
}

/** Called once the certificate is stored where it is served from: its key is not kept a second time. Idempotent. */
export async function closeOrder(acmeDirectory: string, certificateId: string): Promise<AcmeIssued | undefined> {
  const file = await OrderFile.open(new AcmePaths(acmeDirectory), certificateId, () => undefined);
  const { state } = file;
  if (state?.step === 'ISSUED') {
    await file.save({ step: 'STORED', privateKeyPem: '' });
  }
  return state?.step === 'ISSUED' || state?.step === 'STORED' ? issuedOutcome(state) : undefined;
}

function tookTooLong(cause: unknown): AcmeError {
  return localError('local:notValidated', `The order took longer than ${ORDER_MS / 60_000} minutes.`, cause);
}

type Preparation = Omit<IssueContext, 'account' | 'solvers'>;

async function issue(preparation: Preparation, now: Date): Promise<OrderState> {
  const { request, identifiers, file, ports, paths, signal } = preparation;
  const connection = connectionTo(request.ca);
  const held = file.state;
  const resumable = held !== undefined && held.step !== 'STORED' && isFor(held, request, identifiers);
  if (resumable && held.step === 'ISSUED') {
    return held;
  }
  if (resumable && held.notBefore !== null && Date.parse(held.notBefore) > now.getTime()) {
    throw new AcmeError({ ...(held.notBeforeProblem as AcmeError['problem']), retryAfter: held.notBefore });
  }
  const accountContext = { paths, connection, signal, log: (message: string) => ports.log('INFO', message) };
  for (let anew = false; ; anew = true) {
    const account = traced(await openAccount(accountContext, request.account, anew), ports);
    const context: IssueContext = { ...preparation, account, solvers: solversFor(request, paths, account) };
    try {
      return await orderCertificate(context, resumable && !account.isNew && held.accountUrl === account.record.url);
    } catch (error) {
      if (anew || !isProblem(error, 'accountDoesNotExist')) {
        throw error;
      }
      ports.log('WARNING', 'The CA does not know the account any more. It is registered anew.');
    }
  }
}

async function orderCertificate(context: IssueContext, resume: boolean): Promise<OrderState> {
  const { account, file, ports, signal } = context;
  const order = resume ? await heldOrder(context) : undefined;
  if (order !== undefined) {
    ports.log('INFO', `Going on with the order ${file.state?.orderUrl ?? ''}, which is ${order.status}.`);
    return complete(context, order);
  }
  await removePresented(context);
  await file.begin(await freshState(context));
  signal.throwIfAborted();
  const created = await createOrder(context);
  if (created.status === 'pending') {
    return complete(context, created);
  }
  // All names were proved before.
  const orderUrl = file.state?.orderUrl ?? '';
  return complete(
    context,
    created.status === 'ready'
      ? created
      : readResource(orderSchema, await account.post(orderUrl, null, { signal }), 'order'),
  );
}

async function complete(context: IssueContext, order: Order): Promise<OrderState> {
  const { file, ports } = context;
  const state = stateOf(file);
  const orderUrl = state.orderUrl ?? '';
  if (state.notBefore !== null) {
    await file.save({ notBefore: null });
  }
  const proved = order.status === 'pending' ? await authorizeOrder(context, orderUrl) : order;
  await removePresented(context);
  if (proved.status === 'invalid') {
    await refuseInvalid(context, proved);
  }
  const certificateUrl = await finalizeOrder(context, state, proved);
  const { warnings, ...pem } = await downloadCertificate(context, state, certificateUrl);
  warnings.forEach((warning) => ports.log('WARNING', warning));
  ports.log('INFO', 'The CA has issued the certificate.');
  return file.save({ step: 'ISSUED', ...pem, warnings: [...state.warnings, ...warnings] });
}

/** The order that an earlier run began, if the CA still knows it and it can still become a certificate. */
async function heldOrder({ account, file, signal }: IssueContext): Promise<Order | undefined> {
  const orderUrl = file.state?.orderUrl ?? null;
  if (orderUrl === null) {
    return undefined;
  }
  try {
    const order = readResource(orderSchema, await account.post(orderUrl, null, { signal }), 'order');
    return order.status === 'invalid' ? undefined : order;
  } catch (error) {
    const gone = error instanceof AcmeError && [400, 403, 404, 410].includes(error.problem.status);
    if (gone && !isProblem(error, 'accountDoesNotExist')) {
      return undefined;
    }
    throw error;
  }
}

async function freshState({ request, identifiers, account, file }: IssueContext): Promise<OrderState> {
  const { privateKey } = await makeKeyPair(request.keyType);
  return {
    certificateId: request.certificateId,
    directoryUrl: request.ca.directoryUrl,
    accountName: request.account.name,
    accountUrl: account.record.url,
    identifiers: [...identifiers],
    keyType: request.keyType,
    wantedProfile: request.profile?.name ?? null,
    privateKeyPem: privateKeyPem(privateKey).reveal(),
    step: 'ORDERING',
    orderUrl: null,
    finalizeUrl: null,
    authorizationUrls: [],
    profile: null,
    replaced: false,
    // What could not be removed yet.
    presented: file.state?.presented ?? [],
    warnings: [],
    notBefore: null,
    certificatePem: null,
    chainPem: '',
  };
}

function isFor(state: OrderState, request: AcmeIssueRequest, identifiers: readonly AcmeIdentifier[]): boolean {
  const keys = (list: readonly AcmeIdentifier[]): string => list.map(identifierKey).join(' ');
  return (
    state.directoryUrl === request.ca.directoryUrl &&
    state.accountName === request.account.name &&
    state.keyType === request.keyType &&
    state.wantedProfile === (request.profile?.name ?? null) &&
    keys(state.identifiers) === keys(identifiers)
  );
}

function solversFor(request: AcmeIssueRequest, paths: AcmePaths, { key }: OpenAccount): readonly ChallengeSolver[] {
  return request.challenges.map((method, index) =>
    method.type === 'http-01' ? http01(paths, request.servedThumbprints[0] === key.thumbprint) : dns01(method, index),
  );
}

/** Requests of the account, seen from outside. */
function traced(account: OpenAccount, { trace }: IssuePorts): OpenAccount {
  if (trace !== undefined) {
    const post = account.post.bind(account);
    account.post = async (...args) => {
      await trace('request');
      const answer = await post(...args);
      await trace('request');
      return answer;
    };
  }
  return account;
}

function stateOf(file: OrderFile): OrderState {
  if (file.state === undefined) {
    throw localError('local:notValidated', 'The state of the order is gone.');
  }
  return file.state;
}

function issued(state: OrderState): IssueResult {
  return { privateKey: new Secret(state.privateKeyPem), outcome: issuedOutcome(state) };
}

function issuedOutcome(state: OrderState): AcmeIssued {
  const certificatePem = state.certificatePem ?? '';
  return {
    status: 'ISSUED',
    certificatePem,
    chainPem: state.chainPem,
    directoryUrl: state.directoryUrl,
    accountUrl: state.accountUrl ?? '',
    ariId: certificateIdOf(new X509Certificate(certificatePem)) ?? null,
    profile: state.profile,
    replaced: state.replaced,
    warnings: state.warnings,
  };
}
