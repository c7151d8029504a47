import { baseName, isWildcard } from '../identifier.js';
import { AcmeProblem } from '../problem.js';
import type { CaaRecord, Resolver } from './resolver.js';

export interface CaaQuestion {
  /** With its asterisk, where it is a wildcard. */
  readonly name: string;
  readonly identities: readonly string[];
  readonly accountUrl: string;
  readonly method: string;
}

/** RFC 8659 with RFC 8657: the records nearest above the name decide. @throws AcmeProblem dns, for a server that fails */
export async function caaForbids(resolver: Resolver, question: CaaQuestion): Promise<AcmeProblem | undefined> {
  const records = await nearest(resolver, baseName(question.name));
  return isAllowed(records, question)
    ? undefined
    : new AcmeProblem('caa', `CAA record for ${question.name} prevents issuance`);
}

async function nearest(resolver: Resolver, name: string): Promise<readonly CaaRecord[]> {
  const records = await resolver.caa(name);
  const parent = name.slice(name.indexOf('.') + 1);
  return records.length > 0 || parent === name ? records : nearest(resolver, parent);
}

export function isAllowed(records: readonly CaaRecord[], question: CaaQuestion): boolean {
  const known = new Set(['issue', 'issuewild', 'iodef', 'issuemail', 'issuevmc', 'contactemail', 'contactphone']);
  if (records.some(({ critical, tag }) => critical && !known.has(tag.toLowerCase()))) {
    return false;
  }
  const tagged = (wanted: string): readonly CaaRecord[] => records.filter(({ tag }) => tag.toLowerCase() === wanted);
  const wild = isWildcard(question.name) ? tagged('issuewild') : [];
  const relevant = wild.length > 0 ? wild : tagged('issue');
  return relevant.length === 0 || relevant.some(({ value }) => names(value, question));
}

function names(value: string, { identities, accountUrl, method }: CaaQuestion): boolean {
  const [issuer = '', ...rest] = value.split(';').map((part) => part.trim());
  const parameters = new Map(
    rest
      .filter((part) => part !== '')
      .map((part): [string, string] => {
        const at = part.indexOf('=');
        return [part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()];
      }),
  );
  return (
    identities.includes(issuer.toLowerCase()) &&
    (parameters.get('accounturi') ?? accountUrl) === accountUrl &&
    (parameters.get('validationmethods')?.split(',').includes(method) ?? true)
  );
}
