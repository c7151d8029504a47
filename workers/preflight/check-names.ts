import type { NamePreflight, PreflightRequest } from '../../src/certificates/domain/preflight/name-preflight.js';
import { inParallel } from '../acme/in-parallel.js';
import { checkName, dnsBy } from './check-name.js';
import { noChallenge } from './no-challenge.js';

/** `method` null: none of the provider's can prove these names. */
export type NamesToCheck = Omit<PreflightRequest, 'method'> & { readonly method: PreflightRequest['method'] | null };

/** Each name, in order; several at a time. */
export function checkNames(request: NamesToCheck, signal: AbortSignal): Promise<readonly NamePreflight[]> {
  const dns = dnsBy(request.resolvers, signal);
  const { method } = request;
  return inParallel(request.names, async (name) => {
    const looked = await checkName(name, { ...request, method: method ?? 'dns-01' }, dns, signal);
    return method === null ? unprovable(looked) : looked;
  });
}

function unprovable(looked: NamePreflight): NamePreflight {
  const finding = { ...noChallenge(looked.name), certain: true };
  return { ...looked, verdict: 'BLOCKED', findings: [finding, ...looked.findings] };
}
