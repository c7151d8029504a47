import { AcmeProblem } from '../problem.js';
import type { Account } from '../state.js';
import { parseObject } from './jws.js';
import type { AcmeRequest, SignedRequest } from './request.js';

export function signedBy(request: AcmeRequest): SignedRequest {
  if (request.signed === undefined) {
    throw new AcmeProblem('malformed', 'Method not allowed', { status: 405 });
  }
  return request.signed;
}

export function accountOf(request: AcmeRequest): Account {
  const { account } = signedBy(request);
  if (account === undefined) {
    throw new AcmeProblem('malformed', 'No Key ID in JWS header');
  }
  return account;
}

export function payloadOf(request: AcmeRequest): Readonly<Record<string, unknown>> {
  return parseObject(signedBy(request).payload.toString('utf8'), 'payload');
}

export function isPostAsGet(request: AcmeRequest): boolean {
  return signedBy(request).payload.length === 0;
}

/** RFC 8555 §6.3. */
export function requirePostAsGet(request: AcmeRequest): void {
  if (!isPostAsGet(request)) {
    throw new AcmeProblem('malformed', 'POST-as-GET requests must have an empty payload');
  }
}

/** @throws AcmeProblem malformed, when it is there and is no string */
export function optionalText(payload: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = payload[name];
  if (value !== undefined && typeof value !== 'string') {
    throw new AcmeProblem('malformed', `"${name}" must be a string`);
  }
  return value;
}

export function notFound(what: string): AcmeProblem {
  return new AcmeProblem('malformed', `${what} not found`, { status: 404 });
}
