import type { NamePreflight, PreflightRequest } from '../../src/certificates/domain/preflight/name-preflight.js';
import { inParallel } from '../acme/in-parallel.js';
import { checkName, dnsBy } from './check-name.js';

/** Each name, in order; several at a time. */
export function checkNames(request: PreflightRequest, signal: AbortSignal): Promise<readonly NamePreflight[]> {
  const dns = dnsBy(request.resolvers, signal);
  return inParallel(request.names, (name) => checkName(name, request, dns, signal));
}
