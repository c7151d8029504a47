/** One CAA record (RFC 8659 §4), as name servers give it. */
export interface CaaProperty {
  readonly critical: boolean;
  readonly tag: string;
  readonly value: string;
}

export interface CaaQuestion {
  readonly wildcard: boolean;
  /** Names by which the CA calls itself there, such as `letsencrypt.org`; its directory says. */
  readonly identities: readonly string[];
  /** RFC 8657 §3; null: not known, and then it forbids nothing. */
  readonly accountUri: string | null;
  /** RFC 8657 §4. */
  readonly method: string;
}

/**
 * The record that forbids a CA to issue, or undefined when it may. `properties` are those of the nearest name that has any; none:
 * everybody may. Pure.
 */
export function forbiddenByCaa(properties: readonly CaaProperty[], question: CaaQuestion): CaaProperty | undefined {
  const known = ['issue', 'issuewild', 'iodef', 'issuemail', 'issuevmc', 'contactemail', 'contactphone'];
  const unknown = properties.find(({ critical, tag }) => critical && !known.includes(tag.toLowerCase()));
  if (unknown !== undefined) {
    return unknown;
  }
  const tagged = (name: string): readonly CaaProperty[] => properties.filter(({ tag }) => tag.toLowerCase() === name);
  const wild = tagged('issuewild');
  const relevant = question.wildcard && wild.length > 0 ? wild : tagged('issue');
  return relevant.some((property) => allows(property, question)) ? undefined : relevant[0];
}

function allows({ value }: CaaProperty, { identities, accountUri, method }: CaaQuestion): boolean {
  const [domain = '', ...rest] = value.split(';').map((part) => part.trim());
  const parameters = new Map(rest.filter((part) => part.includes('=')).map(split));
  const methods = parameters.get('validationmethods')?.split(',') ?? [method];
  const account = parameters.get('accounturi') ?? accountUri;
  return (
    identities.some((identity) => identity.toLowerCase() === domain.toLowerCase()) &&
    methods.map((one) => one.trim()).includes(method) &&
    (accountUri === null || account === accountUri)
  );
}

function split(parameter: string): [string, string] {
  const at = parameter.indexOf('=');
  return [parameter.slice(0, at).trim().toLowerCase(), parameter.slice(at + 1).trim()];
}
