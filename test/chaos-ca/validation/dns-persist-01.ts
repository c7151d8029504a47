import { AcmeProblem } from '../problem.js';
import type { Proof, Surroundings } from './proof.js';

/** draft-ietf-acme-dns-persist: a standing record names this CA and the account; for wildcards it must say so, and it may end. */
export async function dnsPersist01(around: Surroundings, proof: Proof): Promise<AcmeProblem | undefined> {
  const name = `_validation-persist.${proof.identifier.value}`;
  const found = await around.resolver.txt(name);
  const reasons = found.map((record) => whyNot(record, around, proof));
  if (reasons.includes(undefined)) {
    return undefined;
  }
  return new AcmeProblem('unauthorized', `${reasons[0] ?? 'No TXT record found'} at ${name}`);
}

function whyNot(record: string, { caaIdentities, now }: Surroundings, proof: Proof): string | undefined {
  const [issuer = '', ...attributes] = record.split(';').map((part) => part.trim());
  const pairs = attributes.map((part): readonly [string, string] => {
    const at = part.indexOf('=');
    return [part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()];
  });
  const values = new Map(pairs);
  if (values.size !== pairs.length || pairs.some(([tag]) => tag === '')) {
    return 'Malformed TXT record';
  }
  if (!caaIdentities.includes(issuer.toLowerCase().replace(/\.$/, ''))) {
    return `TXT record names another issuer, ${JSON.stringify(issuer)},`;
  }
  if (values.get('accounturi') !== proof.accountUrl) {
    return 'TXT record names another account';
  }
  if (proof.isWildcard && values.get('policy')?.toLowerCase() !== 'wildcard') {
    return 'TXT record does not allow wildcards';
  }
  const until = values.get('persistuntil');
  if (until !== undefined && !(Number(until) * 1_000 > now().getTime())) {
    return 'TXT record has expired';
  }
  return undefined;
}
