/** One property of a CAA record set (RFC 8659 §4). */
export interface CaaProperty {
  readonly critical: boolean;
  /** Lower case. */
  readonly tag: string;
  readonly value: string;
}

/** Who wants to issue, and how the name would be proved. */
export interface CaaQuestion {
  /** The domain names by which the CA knows itself in CAA records (`caaIdentities` of its directory). */
  readonly identities: readonly string[];
  readonly accountUrl: string | null;
  /** `http-01`, `dns-01`, …: RFC 8657 §4. */
  readonly methods: readonly string[];
  readonly wildcard: boolean;
}

const KNOWN_TAGS = new Set(['issue', 'issuewild', 'iodef', 'contactemail', 'contactphone', 'issuemail', 'issuevmc']);

/**
 * Why the relevant record set forbids this issuance, in words; undefined when it allows it. An empty set allows everything. For a wildcard,
 * `issuewild` counts where there is one, else `issue` (RFC 8659 §4.3). `accounturi` and `validationmethods` are RFC 8657. Pure.
 */
export function whyCaaForbids(records: readonly CaaProperty[], question: CaaQuestion): string | undefined {
  const unknown = records.find(({ critical, tag }) => critical && !KNOWN_TAGS.has(tag));
  if (unknown !== undefined) {
    return `a critical property "${unknown.tag}" that no CA may overlook`;
  }
  const wild = records.filter(({ tag }) => tag === 'issuewild');
  const relevant = question.wildcard && wild.length > 0 ? wild : records.filter(({ tag }) => tag === 'issue');
  if (relevant.length === 0) {
    return undefined;
  }
  const reasons = relevant.map(({ value }) => whyNot(parseIssue(value), question));
  return reasons.includes(undefined)
    ? undefined
    : `${relevant.map(({ tag, value }) => `${tag} "${value}"`).join(', ')} (${[...new Set(reasons)].join('; ')})`;
}

interface IssueValue {
  readonly domain: string;
  readonly parameters: ReadonlyMap<string, string>;
}

function parseIssue(value: string): IssueValue {
  const [domain = '', ...rest] = value.split(';').map((part) => part.trim());
  const parameters = rest.flatMap((part) => {
    const at = part.indexOf('=');
    return at < 1 ? [] : [[part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()] as const];
  });
  return { domain: domain.toLowerCase(), parameters: new Map(parameters) };
}

function whyNot(
  { domain, parameters }: IssueValue,
  { identities, accountUrl, methods }: CaaQuestion,
): string | undefined {
  if (!identities.some((identity) => identity.toLowerCase() === domain)) {
    return domain === '' ? 'nobody may issue' : `only ${domain} may issue`;
  }
  const account = parameters.get('accounturi');
  if (account !== undefined && accountUrl !== null && account !== accountUrl) {
    return `only the account ${account} may order`;
  }
  const allowed = parameters.get('validationmethods')?.split(',');
  if (allowed !== undefined && !methods.some((method) => allowed.includes(method))) {
    return `only by ${allowed.join(', ')}`;
  }
  return undefined;
}
