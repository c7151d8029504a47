import type { IncomingMessage } from 'node:http';
import { newId } from '../../shared/ids.js';
import type { RequestInfo, Transport } from '../graphql-context.js';

export const CORRELATION_HEADER = 'x-correlation-id';
const WELL_FORMED = /^[A-Za-z0-9._-]{8,64}$/;

/** What of a request may be kept. A correlation id that could not go into a log as it is gets replaced. */
export function requestInfo(
  transport: Transport,
  { headers }: Pick<IncomingMessage, 'headers'>,
  remoteAddress: string,
  signal: AbortSignal,
): RequestInfo {
  const given = headers[CORRELATION_HEADER];
  const correlationId = typeof given === 'string' && WELL_FORMED.test(given) ? given : newId();
  return { transport, remoteAddress, userAgent: headers['user-agent'], correlationId, signal };
}
