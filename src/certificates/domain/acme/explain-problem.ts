import { ACME_CAUSES, type AcmeCause, type CauseOwner } from './cause.js';
import type { AcmeIdentifier, AcmeProblem, AcmeSubproblem } from './problem.js';

/** One thing that is wrong, for the person who can mend it. Plain data. */
export interface ExplainedProblem {
  /** What it is about; null: the order as a whole. */
  readonly identifier: AcmeIdentifier | null;
  readonly cause: AcmeCause;
  readonly owner: CauseOwner;
  readonly message: string;
  /** What the CA said. */
  readonly evidence: string;
  readonly remedy: string;
  /** When another try is worth it (ISO 8601); null: not before something was changed. */
  readonly retryAt: string | null;
  /** A page for people. */
  readonly instance: string | null;
  /** We have seen it before the CA did, which was not asked to look. */
  readonly foreseen?: boolean;
}

/**
 * What a problem document means: one entry for each name that it is about, at least one. The type decides where it says
 * enough, else what the text says, whichever CA wrote it. Pure; never fails: what nobody knows is UNKNOWN, with its text.
 */
export function explainProblem(problem: AcmeProblem, now: Date): readonly ExplainedProblem[] {
  const parts: readonly AcmeSubproblem[] =
    problem.subproblems.length > 0 ? problem.subproblems : [{ ...problem, detail: problem.detail }];
  const seen = new Set<string>();
  return parts
    .map((part) => explainPart(part, problem, now))
    .filter(({ identifier, cause }) => {
      const key = JSON.stringify([identifier, cause]);
      return seen.size < seen.add(key).size;
    });
}

function explainPart(part: AcmeSubproblem, { status, retryAfter, instance }: AcmeProblem, now: Date): ExplainedProblem {
  const cause = causeOf(part.type, part.detail, status);
  const { owner, meaning, remedy, retryMs } = ACME_CAUSES[cause];
  const own = retryMs === null ? null : new Date(now.getTime() + retryMs).toISOString();
  return {
    identifier: part.identifier,
    cause,
    owner,
    message: part.identifier === null ? meaning : `${part.identifier.value}: ${meaning}`,
    evidence: part.detail,
    remedy,
    retryAt: cause === 'NAME_PAUSED' ? null : (retryAfter ?? statedTime(part.detail, now) ?? own),
    instance: instance ?? unpausePage(part.detail),
  };
}

/**
 * What is said of an order as a whole is said of the names that its text speaks of, when it is theirs to mend: some CAs name them
 * there only. One entry for each such name, or the problem as it is.
 */
export function attributeToNames(
  problem: ExplainedProblem,
  identifiers: readonly AcmeIdentifier[],
): readonly ExplainedProblem[] {
  if (problem.identifier !== null || (problem.owner !== 'YOU' && problem.owner !== 'YOUR_DNS')) {
    return [problem];
  }
  const words = new Set(
    problem.evidence
      .toLowerCase()
      .split(/[^a-z0-9*.:-]+/)
      .map((word) => word.replace(/[.:]+$/, '')),
  );
  const named = identifiers.filter(({ value }) => words.has(value));
  return named.length === 0
    ? [problem]
    : named.map((identifier) => ({ ...problem, identifier, message: `${identifier.value}: ${problem.message}` }));
}

/** Boulder says in its text when a limit ends, to the second: "retry after 2025-11-27 05:06:44 UTC". */
function statedTime(detail: string, now: Date): string | undefined {
  const stated = /retry after (\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?: ?UTC|Z)/i.exec(detail);
  const at = stated === null ? Number.NaN : Date.parse(`${stated[1]}T${stated[2]}Z`);
  return at > now.getTime() ? new Date(at).toISOString() : undefined;
}

function unpausePage(detail: string): string | null {
  return /https:\/\/\S+unpause\S*/.exec(detail)?.[0] ?? null;
}

interface Rule {
  readonly cause: AcmeCause;
  /** Problem types that it holds for; left out: any. */
  readonly types?: readonly string[];
  /** Left out: the type says enough. */
  readonly text?: RegExp;
}

const rule = (cause: AcmeCause, types: readonly string[] | undefined, text?: RegExp): Rule => ({
  cause,
  ...(types === undefined ? {} : { types }),
  ...(text === undefined ? {} : { text }),
});

const IPV6 = String.raw`(?:^|[\s[(])(?:[0-9a-f]{1,4}:[0-9a-f:]*:[0-9a-f:]*|::[0-9a-f:]*)`;
const DNS = ['dns', 'unauthorized', 'connection', 'malformed', 'serverInternal', 'caa', 'incorrectResponse'];
const REACHING = ['connection', 'unauthorized', 'dns', 'tls', 'serverInternal', 'malformed', 'incorrectResponse'];
const ORDERING = ['rejectedIdentifier', 'malformed', 'unsupportedIdentifier', 'unauthorized'];

/** The first that fits counts: the special ones stand before the general. */
const RULES: readonly Rule[] = [
  // Before there is an answer
  rule('CA_UNREACHABLE', [
    'local:nameNotFound',
    'local:connectionRefused',
    'local:connectTimeout',
    'local:connectionLost',
    'local:connectionStale',
    'local:timeout',
    'local:proxyRefused',
  ]),
  rule(
    'CLOCK_WRONG',
    ['local:tlsUntrusted', 'local:badMaterial'],
    /CERT_(?:NOT_YET_VALID|HAS_EXPIRED)|valid only from/,
  ),
  rule('CA_NOT_TRUSTED', ['local:tlsUntrusted']),
  rule('CA_NOT_ACME', ['local:notAcme', 'local:tooLarge']),
  rule('CANCELLED', ['local:cancelled']),
  rule('TERMS_NOT_AGREED', ['local:termsNotAgreed']),
  rule('PROFILE_UNKNOWN', ['local:profileUnknown', 'invalidProfile']),
  rule('NO_CHALLENGE', ['local:noChallenge']),
  rule('CHALLENGE_NOT_PRESENTED', ['local:challengeNotPresented']),
  rule('NOT_VALIDATED', ['local:notValidated']),
  rule('CERTIFICATE_UNUSABLE', ['local:badMaterial']),
  rule('STAGING_CERTIFICATE', ['local:stagingChain']),

  // Limits
  rule(
    'NAME_PAUSED',
    ['rateLimited', 'unauthorized'],
    /\bpaused?\b|temporarily prevented from requesting certificates/i,
  ),
  rule('RATE_LIMITED_SAME_NAMES', ['rateLimited'], /exact(?:ly)? (?:this |the |same )*set|duplicate certificate/i),
  rule(
    'RATE_LIMITED_FAILURES',
    ['rateLimited'],
    /failed (?:authorizations|validations)|too many .*(?:invalid|failed) auth/i,
  ),
  rule(
    'RATE_LIMITED_DOMAIN',
    ['rateLimited'],
    /certificates \(?\d*\)? ?already issued|certificates .*for:? .*\.|already issued for/i,
  ),
  rule('CA_DOWN', ['rateLimited'], /service busy|overloaded/i),
  rule('RATE_LIMITED', ['rateLimited']),

  // The account
  rule('EXTERNAL_ACCOUNT_INVALID', ['externalAccountRequired']),
  rule(
    'EXTERNAL_ACCOUNT_INVALID',
    ['malformed', 'unauthorized', 'badSignatureAlgorithm'],
    /external ?account|\bEAB\b/i,
  ),
  rule('ACCOUNT_UNKNOWN', ['accountDoesNotExist']),
  rule('TERMS_NOT_AGREED', ['userActionRequired']),
  rule('TERMS_NOT_AGREED', ['malformed', 'agreementRequired', 'unauthorized'], /terms of service|must agree/i),
  rule('CONTACT_INVALID', ['invalidContact', 'unsupportedContact', 'invalidEmail']),
  rule('CONTACT_INVALID', ['malformed'], /contact|e-?mail address/i),
  rule(
    'ACCOUNT_BLOCKED',
    ['unauthorized', 'malformed'],
    /account (?:is|has been|was)? ?(?:not valid|deactivated|revoked|blocked|suspended|disabled)|account .*(?:has status|is deactivated)/i,
  ),
  rule('REPLACEMENT_REFUSED', ['alreadyReplaced', 'malformed', 'unauthorized', 'conflict'], /replac|\bARI\b/i),
  rule('REPLACEMENT_REFUSED', ['alreadyReplaced']),

  // CAA
  rule(
    'CAA_FORBIDS',
    undefined,
    /CAA (?:record|policy|policies).*(?:prevents?|forbid|not (?:allow|permit)|disallow)|not authori[sz]ed by CAA|CAA.*does not (?:allow|permit|authori[sz]e)/i,
  ),
  rule('DNSSEC_BROKEN', undefined, /DNSSEC|\bDNSKEY\b|\bRRSIGs?\b|bogus/i),
  rule(
    'CAA_UNREADABLE',
    undefined,
    /(?:looking up|querying|checking|lookup of|for type) CAA|CAA .*(?:SERVFAIL|timed out|timeout|failed|lookup)|(?:SERVFAIL|REFUSED|NOTIMP).*CAA/i,
  ),
  rule('CAA_FORBIDS', ['caa']),

  // DNS
  rule(
    'TXT_WRONG',
    DNS,
    /(?:incorrect|wrong|unexpected|invalid|did not match).*TXT|TXT record.*(?:incorrect|wrong|does not match|did not match|not match)|Correct value not found for DNS/i,
  ),
  rule(
    'TXT_MISSING',
    DNS,
    /no TXT record|NXDOMAIN looking up TXT|TXT.*(?:not found|NXDOMAIN|no such host|missing)|(?:not found|no records?|no such host).*(?:TXT|_acme-challenge)|_acme-challenge.*(?:no such host|NXDOMAIN)/i,
  ),
  rule(
    'ADDRESS_NOT_PUBLIC',
    DNS,
    /reserved (?:IP|address)|private (?:IP|address)|(?:IANA|special)[- ](?:reserved|purpose)|not (?:a )?(?:globally|publicly) (?:routable|reachable)|contacting reserved/i,
  ),
  rule(
    'NAME_NOT_IN_DNS',
    DNS,
    /NXDOMAIN|no valid (?:A|AAAA|IP)\b|no valid IP|no such host|no (?:A|AAAA|address)(?: or AAAA)? records?|Name or service not known|unknown host|could not (?:be resolved|resolve)/i,
  ),
  rule(
    'DNS_SERVERS_FAIL',
    DNS,
    /SERVFAIL|REFUSED looking up|NOTIMP|query timed out|DNS (?:problem|query|lookup|error).*(?:timed? ?out|networking error|refused|fail)|server misbehaving|lame/i,
  ),

  // Reaching the site. What step-ca says of any failure comes first.
  rule('NOT_VALIDATED', ['connection'], /could not connect to validation target/i),
  rule('REDIRECT_BROKEN', REACHING, /redirect|invalid port|non-HTTP.*scheme|Invalid hostname|only ports? 80/i),
  rule('IPV6_BROKEN', REACHING, new RegExp(`${IPV6}.*(?:timeout|timed out|refused|unreachable|no route|reset)`, 'i')),
  rule('CONNECTION_REFUSED', REACHING, /connection refused|ECONNREFUSED|actively refused/i),
  rule(
    'CONNECTION_TIMED_OUT',
    REACHING,
    /time ?d? ?-?out|no route to host|(?:host|network) (?:is )?unreachable|firewall/i,
  ),
  rule('TLS_BROKEN', ['tls']),
  rule('TLS_BROKEN', REACHING, /\btls\b|\bssl\b|handshake|x509|certificate (?:has expired|signed by unknown)/i),
  rule(
    'CONNECTION_BROKEN',
    REACHING,
    /connection reset|broken pipe|\bEOF\b|server (?:only speaks|closed)|malformed HTTP|error getting validation data|error reading/i,
  ),
  rule(
    'POINTS_ELSEWHERE',
    REACHING,
    /invalid response|key authorization|did not match|does not match|not match this challenge|\b(?:40[0-9]|410|50[0-9])\b|unexpected (?:body|status|content)|<!doctype|<html|wrong (?:answer|content|response)/i,
  ),
  rule('NAME_NOT_IN_DNS', ['dns']),
  rule('CONNECTION_BROKEN', ['connection']),
  rule('POINTS_ELSEWHERE', ['incorrectResponse']),

  // What may be ordered
  rule(
    'NAMES_TOO_MANY',
    ORDERING,
    /too many (?:identifiers|names|domains|SANs)|more than \d+ (?:DNS )?(?:names|identifiers)|exceeds? .*(?:names|identifiers)/i,
  ),
  rule(
    'IDENTIFIER_UNSUPPORTED',
    ORDERING,
    /IP address(?:es)?.*(?:not|un)|(?:not|un).*IP (?:address|identifier)|identifier type|unsupported identifier|profile.*not.*(?:permit|allow|support)/i,
  ),
  rule('NO_CHALLENGE', ORDERING, /wildcard.*(?:dns|challenge)/i),
  rule(
    'NAME_NOT_PUBLIC',
    ORDERING,
    /public suffix|valid TLD|at least one dot|invalid character|ends in a|(?:reserved|internal) (?:TLD|domain|name)|not a (?:valid|fully)|is (?:an )?IP address|too long|malformed|punycode|IDN|invalid (?:label|domain)|valid top[- ]level/i,
  ),
  rule('NAME_NOT_ALLOWED', ['rejectedIdentifier']),
  rule(
    'NAME_NOT_ALLOWED',
    ORDERING,
    /forbidden by policy|policy forbids|block(?:ed|list)|denied|high[- ]risk|not allowed to issue|refuses to issue/i,
  ),
  rule('IDENTIFIER_UNSUPPORTED', ['unsupportedIdentifier']),
  rule('KEY_REFUSED', ['badPublicKey', 'badCSR', 'badSignatureAlgorithm', 'badRevocationReason']),
  rule(
    'KEY_REFUSED',
    ['malformed', 'unauthorized', 'rejectedIdentifier'],
    /\bCSR\b|public key|key (?:is|was) (?:forbidden|compromised|too)|weak key/i,
  ),

  // The CA
  rule('CA_DOWN', ['serverInternal', 'badNonce', 'orderNotReady']),
  rule('ACCOUNT_BLOCKED', ['unauthorized'], /account/i),
];

function causeOf(type: string, detail: string, status: number): AcmeCause {
  const found = RULES.find(({ types, text }) => (types?.includes(type) ?? true) && (text?.test(detail) ?? true));
  if (found !== undefined) {
    return found.cause;
  }
  if (status === 429) {
    return 'RATE_LIMITED';
  }
  return status >= 500 ? 'CA_DOWN' : status === 404 || status === 405 ? 'CA_NOT_ACME' : 'UNKNOWN';
}
