import { describe, expect, it } from 'vitest';
import { ACME_CAUSES, type AcmeCause } from './cause.js';
import { attributeToNames, explainProblem } from './explain-problem.js';
import { localProblem, readProblem, type AcmeProblem } from './problem.js';

const NOW = new Date('2026-08-01T00:00:00.000Z');

const aProblem = (type: string, detail: string, status = 400): AcmeProblem =>
  readProblem({ type: `urn:ietf:params:acme:error:${type}`, detail }, status, undefined);

/** What CAs say: Boulder (Let's Encrypt), Pebble, ZeroSSL/Sectigo, Google, step-ca, as people have reported it. */
const CORPUS: readonly (readonly [AcmeCause, string, string, number?])[] = [
  [
    'NAME_NOT_IN_DNS',
    'dns',
    'DNS problem: NXDOMAIN looking up A for dead.example.org - check that a DNS record exists for this domain; DNS problem: NXDOMAIN looking up AAAA for dead.example.org - check that a DNS record exists for this domain',
  ],
  [
    'NAME_NOT_IN_DNS',
    'dns',
    'no valid A records found for dead.example.org; no valid AAAA records found for dead.example.org',
  ],
  ['NAME_NOT_IN_DNS', 'dns', 'No valid IP addresses found for dead.example.org'],
  [
    'NAME_NOT_IN_DNS',
    'connection',
    'Get "http://www.locked.test:33773/.well-known/acme-challenge/abc": could not resolve URL "http://www.locked.test:33773/.well-known/acme-challenge/abc"',
  ],
  [
    'NAME_NOT_IN_DNS',
    'connection',
    'error doing http GET for url http://x.test/.well-known/acme-challenge/t: Get "http://x.test/": dial tcp: lookup x.test: no such host',
  ],
  [
    'DNS_SERVERS_FAIL',
    'dns',
    "DNS problem: SERVFAIL looking up A for example.org - the domain's nameservers may be malfunctioning",
  ],
  [
    'DNS_SERVERS_FAIL',
    'dns',
    'DNS problem: query timed out looking up A for example.org; DNS problem: query timed out looking up AAAA for example.org',
  ],
  ['DNS_SERVERS_FAIL', 'dns', 'DNS problem: networking error looking up A for example.org'],
  [
    'DNS_SERVERS_FAIL',
    'dns',
    "During secondary validation: DNS problem: SERVFAIL looking up A for example.org - the domain's nameservers may be malfunctioning",
  ],
  [
    'DNS_SERVERS_FAIL',
    'dns',
    "DNS problem: REFUSED looking up TXT for _acme-challenge.example.org - the domain's nameservers may be malfunctioning",
  ],
  [
    'DNSSEC_BROKEN',
    'dns',
    'DNS problem: looking up A for example.org: DNSSEC: DNSKEY Missing: validation failure <example.org. A IN>: No DNSKEY record for key example.org.',
  ],
  ['DNSSEC_BROKEN', 'dns', 'DNS problem: looking up CAA for example.org: DNSSEC: Bogus'],
  [
    'ADDRESS_NOT_PUBLIC',
    'dns',
    'no valid A records found for intra.example.org; no valid AAAA records found for intra.example.org (reserved IP address 10.0.0.7: special-purpose)',
  ],
  ['ADDRESS_NOT_PUBLIC', 'connection', 'Contacting reserved address 192.168.1.4 is not allowed'],
  ['TXT_MISSING', 'unauthorized', 'No TXT record found at _acme-challenge.example.org', 403],
  ['TXT_MISSING', 'unauthorized', 'No TXT records found for DNS challenge', 403],
  [
    'TXT_MISSING',
    'dns',
    'DNS problem: NXDOMAIN looking up TXT for _acme-challenge.example.org - check that a DNS record exists for this domain',
  ],
  [
    'TXT_MISSING',
    'dns',
    'error looking up TXT records for domain example.org: lookup _acme-challenge.example.org: no such host',
  ],
  ['TXT_WRONG', 'unauthorized', 'Incorrect TXT record "gfj9Xq...Rg85nM" found at _acme-challenge.example.org', 403],
  ['TXT_WRONG', 'unauthorized', 'Incorrect TXT record "abc" (and 2 more) found at _acme-challenge.example.org', 403],
  ['TXT_WRONG', 'unauthorized', 'Correct value not found for DNS challenge', 403],
  [
    'TXT_WRONG',
    'unauthorized',
    'During secondary validation: Incorrect TXT record "x" found at _acme-challenge.example.org',
    403,
  ],
  ['CAA_FORBIDS', 'caa', 'CAA record for example.org prevents issuance', 403],
  ['CAA_FORBIDS', 'caa', 'While processing CAA for www.example.org: CAA record for example.org prevents issuance', 403],
  [
    'CAA_FORBIDS',
    'caa',
    'Error finalizing order :: While processing CAA for staging.example.org: CAA record for staging.example.org prevents issuance',
    403,
  ],
  [
    'CAA_UNREADABLE',
    'caa',
    'Error creating new cert :: Rechecking CAA: While processing CAA for example.org: DNS problem: SERVFAIL looking up CAA for example.org',
    403,
  ],
  [
    'CAA_UNREADABLE',
    'dns',
    'While processing CAA for www.example.org: DNS problem: query timed out looking up CAA for www.example.org',
  ],
  [
    'CAA_UNREADABLE',
    'dns',
    'DNS problem: NXDOMAIN looking up CAA for example.org - check that a DNS record exists for this domain',
  ],
  [
    'POINTS_ELSEWHERE',
    'unauthorized',
    '203.0.113.9: Invalid response from http://example.org/.well-known/acme-challenge/evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA: 404',
    403,
  ],
  [
    'POINTS_ELSEWHERE',
    'unauthorized',
    'Invalid response from https://www.example.org/ [203.0.113.9]: "<!DOCTYPE html>\\n<html lang=\\"en\\">"',
    403,
  ],
  [
    'POINTS_ELSEWHERE',
    'unauthorized',
    '2001:db8::9: Invalid response from http://example.org/.well-known/acme-challenge/abc: 404',
    403,
  ],
  [
    'POINTS_ELSEWHERE',
    'unauthorized',
    'The key authorization file from the server did not match this challenge. Expected "LoqXcYV8.9jg46WB3" (got "LoqXcYV8.other")',
    403,
  ],
  [
    'POINTS_ELSEWHERE',
    'unauthorized',
    'Non-200 status code from HTTP: http://example.test:5002/.well-known/acme-challenge/abc returned 404',
    403,
  ],
  ['POINTS_ELSEWHERE', 'incorrectResponse', "keyAuthorization does not match; expected abc.def, but got 'hello'"],
  [
    'IPV6_BROKEN',
    'connection',
    '2001:db8::1: Fetching http://example.org/.well-known/acme-challenge/abc: Timeout during connect (likely firewall problem)',
  ],
  [
    'IPV6_BROKEN',
    'connection',
    '2a01:4f8:c0:12::2: Fetching http://example.org/.well-known/acme-challenge/abc: Connection refused',
  ],
  [
    'CONNECTION_REFUSED',
    'connection',
    '203.0.113.9: Fetching http://example.org/.well-known/acme-challenge/abc: Connection refused',
  ],
  [
    'CONNECTION_REFUSED',
    'connection',
    'Get "http://closed.example.test:5002/.well-known/acme-challenge/abc": dial tcp 127.0.0.77:5002: connect: connection refused',
  ],
  [
    'CONNECTION_TIMED_OUT',
    'connection',
    '203.0.113.9: Fetching http://example.org/.well-known/acme-challenge/abc: Timeout during connect (likely firewall problem)',
  ],
  [
    'CONNECTION_TIMED_OUT',
    'connection',
    'During secondary validation: 203.0.113.9: Fetching http://example.org/.well-known/acme-challenge/abc: Timeout during connect (likely firewall problem)',
  ],
  [
    'CONNECTION_TIMED_OUT',
    'connection',
    '203.0.113.9: Fetching http://example.org/.well-known/acme-challenge/abc: Timeout after connect (your server may be slow or overloaded)',
  ],
  ['CONNECTION_TIMED_OUT', 'connection', 'dial tcp 203.0.113.9:80: connect: no route to host'],
  [
    'CONNECTION_BROKEN',
    'connection',
    '203.0.113.9: Fetching http://example.org/.well-known/acme-challenge/abc: Connection reset by peer',
  ],
  [
    'CONNECTION_BROKEN',
    'connection',
    '203.0.113.9: Fetching http://example.org/.well-known/acme-challenge/abc: Error getting validation data',
  ],
  ['CONNECTION_BROKEN', 'connection', '203.0.113.9: Fetching https://example.org/.well-known/acme-challenge/abc: EOF'],
  [
    'REDIRECT_BROKEN',
    'connection',
    '203.0.113.9: Fetching http://example.org:8080/x: Invalid port in redirect target. Only ports 80 and 443 are supported, not 8080',
  ],
  ['REDIRECT_BROKEN', 'connection', '203.0.113.9: Fetching http://example.org/x: Redirect loop detected'],
  [
    'REDIRECT_BROKEN',
    'connection',
    '203.0.113.9: Fetching https://203.0.113.9/x: Invalid host in redirect target "203.0.113.9". Only domain names are supported, not IP addresses',
  ],
  [
    'REDIRECT_BROKEN',
    'connection',
    '203.0.113.9: Fetching http://example.org/.well-known/acme-challenge/abc: Too many redirects',
  ],
  [
    'TLS_BROKEN',
    'tls',
    '203.0.113.9: Fetching https://example.org/.well-known/acme-challenge/abc: remote error: tls: handshake failure',
  ],
  ['NOT_VALIDATED', 'connection', 'The server could not connect to validation target'],
  ['TLS_BROKEN', 'tls', 'Error negotiating TLS with upstream'],
  [
    'NAME_NOT_ALLOWED',
    'rejectedIdentifier',
    'Error creating new order :: Cannot issue for "bank.example": The ACME server refuses to issue a certificate for this domain name, because it is forbidden by policy',
  ],
  [
    'NAME_NOT_ALLOWED',
    'rejectedIdentifier',
    'Order included an identifier for which issuance is forbidden by policy: "blocked-domain.example"',
  ],
  [
    'NAME_NOT_PUBLIC',
    'rejectedIdentifier',
    'Error creating new order :: Cannot issue for "site.lan": Domain name does not end with a valid public suffix (TLD)',
  ],
  [
    'NAME_NOT_PUBLIC',
    'malformed',
    'Error creating new order :: Cannot issue for "localhost": Domain name needs at least one dot',
  ],
  [
    'NAME_NOT_PUBLIC',
    'rejectedIdentifier',
    'Cannot issue for "a_b.example.org": Domain name contains an invalid character',
  ],
  [
    'NAME_NOT_PUBLIC',
    'rejectedIdentifier',
    'Invalid identifiers requested :: Cannot issue for "co.uk": Domain name is an ICANN TLD / public suffix',
  ],
  ['NAMES_TOO_MANY', 'malformed', 'Error creating new order :: Order cannot contain more than 100 identifiers'],
  ['NAMES_TOO_MANY', 'malformed', 'Order contains more than 25 DNS names'],
  [
    'IDENTIFIER_UNSUPPORTED',
    'unsupportedIdentifier',
    'NewOrder request included invalid non-DNS type identifier: type "ip", value "203.0.113.9"',
  ],
  ['IDENTIFIER_UNSUPPORTED', 'rejectedIdentifier', 'Profile "classic" does not permit ip type identifiers'],
  ['PROFILE_UNKNOWN', 'invalidProfile', 'profile name "shortest" not recognized'],
  ['KEY_REFUSED', 'badPublicKey', 'Error finalizing order :: certificate public key is forbidden'],
  ['KEY_REFUSED', 'badCSR', 'Error finalizing order :: CSR does not specify same identifiers as Order'],
  ['KEY_REFUSED', 'malformed', 'certificate public key must be different than account key'],
  ['ACCOUNT_UNKNOWN', 'accountDoesNotExist', 'Account "https://acme-v02.api.letsencrypt.org/acme/acct/1" not found'],
  ['ACCOUNT_UNKNOWN', 'accountDoesNotExist', 'No account exists with the provided key'],
  ['ACCOUNT_BLOCKED', 'unauthorized', 'Account is not valid, has status "deactivated"', 403],
  ['ACCOUNT_BLOCKED', 'unauthorized', 'account is deactivated', 401],
  ['ACCOUNT_BLOCKED', 'unauthorized', 'An account with the provided public key exists but is deactivated', 403],
  ['TERMS_NOT_AGREED', 'userActionRequired', 'Terms of service have changed', 403],
  ['TERMS_NOT_AGREED', 'malformed', 'must agree to terms of service'],
  ['TERMS_NOT_AGREED', 'agreementRequired', 'Provided account did not agree to the terms of service', 403],
  [
    'EXTERNAL_ACCOUNT_INVALID',
    'externalAccountRequired',
    'The request must include a value for the "externalAccountBinding" field',
  ],
  ['EXTERNAL_ACCOUNT_INVALID', 'malformed', '[External Account Binding] Invalid MAC on JWS request'],
  [
    'EXTERNAL_ACCOUNT_INVALID',
    'malformed',
    '[External Account Binding] The account is not awaiting external account binding',
  ],
  ['EXTERNAL_ACCOUNT_INVALID', 'unauthorized', 'Unknown external account binding (EAB) key ID.', 403],
  [
    'CONTACT_INVALID',
    'invalidContact',
    'Error creating new account :: contact email has forbidden domain "example.com"',
  ],
  ['CONTACT_INVALID', 'unsupportedContact', 'contact method "tel" is not supported'],
  ['CONTACT_INVALID', 'malformed', 'Error validating contact(s) :: unable to parse email address'],
  [
    'RATE_LIMITED_DOMAIN',
    'rateLimited',
    'too many certificates (50) already issued for "example.org" in the last 168h0m0s, retry after 2026-08-02 05:06:44 UTC: see https://letsencrypt.org/docs/rate-limits/#new-certificates-per-registered-domain',
    429,
  ],
  [
    'RATE_LIMITED_DOMAIN',
    'rateLimited',
    'Error creating new cert :: Too many certificates already issued for: example.org',
    429,
  ],
  [
    'RATE_LIMITED_SAME_NAMES',
    'rateLimited',
    'too many certificates (5) already issued for this exact set of identifiers in the last 168h0m0s, retry after 2026-08-02 05:06:44 UTC: see https://letsencrypt.org/docs/rate-limits/#new-certificates-per-exact-set-of-identifiers',
    429,
  ],
  [
    'RATE_LIMITED_SAME_NAMES',
    'rateLimited',
    'Error creating new cert :: too many certificates already issued for exact set of domains: www.example.org: see https://letsencrypt.org/docs/rate-limits/',
    429,
  ],
  [
    'RATE_LIMITED_FAILURES',
    'rateLimited',
    'too many failed authorizations (5) for "example.org" in the last 1h0m0s, retry after 2026-08-01 00:12:00 UTC: see https://letsencrypt.org/docs/rate-limits/#authorization-failures-per-hostname-per-account',
    429,
  ],
  [
    'RATE_LIMITED_FAILURES',
    'rateLimited',
    'Error creating new order :: too many failed authorizations recently: see https://letsencrypt.org/docs/failed-validation-limit/',
    429,
  ],
  [
    'RATE_LIMITED',
    'rateLimited',
    'too many new orders (300) from this account in the last 3h0m0s, retry after 2026-08-01 00:00:36 UTC: see https://letsencrypt.org/docs/rate-limits/#new-orders-per-account',
    429,
  ],
  [
    'RATE_LIMITED',
    'rateLimited',
    'too many new registrations (10) from this IP address in the last 3h0m0s, retry after 2026-08-01 00:18:00 UTC',
    429,
  ],
  ['RATE_LIMITED', 'rateLimited', 'Your ACME client is requesting new nonces too fast', 429],
  ['CA_DOWN', 'rateLimited', 'Service busy; retry later.', 503],
  [
    'NAME_PAUSED',
    'rateLimited',
    'Your account is temporarily prevented from requesting certificates for example.org and possibly others. Please visit: https://portal.letsencrypt.org/sfe/v1/unpause?jwt=eyJhbGciOiJIUzI1NiJ9',
    429,
  ],
  ['NAME_PAUSED', 'rateLimited', 'account/ident pair is paused', 429],
  [
    'REPLACEMENT_REFUSED',
    'alreadyReplaced',
    'While validating order as a replacement an error occurred :: cannot indicate an order replaces certificate with serial "037863c12cfd", which already has a replacement order',
    409,
  ],
  [
    'REPLACEMENT_REFUSED',
    'malformed',
    'While validating order as a replacement an error occurred :: identifiers in this order do not match any identifiers in the certificate being replaced',
  ],
  [
    'REPLACEMENT_REFUSED',
    'unauthorized',
    'While validating order as a replacement an error occurred :: requester account did not request the certificate being replaced by this order',
    403,
  ],
  [
    'CA_DOWN',
    'serverInternal',
    'The service is down for maintenance or had an internal error. Check https://letsencrypt.status.io/ for more details.',
    500,
  ],
  ['CA_DOWN', 'serverInternal', 'Error creating new order', 500],
  ['CA_DOWN', 'badNonce', 'JWS has an invalid anti-replay nonce: "102Oq1"'],
  ['CA_DOWN', 'badNonce', 'Unable to validate JWS :: JWS has an invalid anti-replay nonce: "abc"'],
];

describe('explainProblem', () => {
  it.each(CORPUS.map(([cause, type, detail, status]) => ({ cause, type, detail, status })))(
    '$cause: $detail',
    (entry) => {
      const { cause, type, detail, status } = entry;
      const [first, ...more] = explainProblem(aProblem(type, detail, status), NOW);
      expect({ cause: first?.cause, owner: first?.owner, more }).toEqual({
        cause,
        owner: ACME_CAUSES[cause].owner,
        more: [],
      });
    },
  );

  it('has a corpus with most of the causes in it', () => {
    const known = new Set(CORPUS.map(([cause]) => cause));
    expect(CORPUS.length).toBeGreaterThanOrEqual(60);
    expect(known.size).toBeGreaterThanOrEqual(25);
  });

  it.each([
    ['local:nameNotFound', 'The name ca.test cannot be resolved (ENOTFOUND).', 'CA_UNREACHABLE'],
    ['local:connectTimeout', 'ca.test did not take a connection within 5 s.', 'CA_UNREACHABLE'],
    [
      'local:tlsUntrusted',
      'The TLS certificate of ca.test is not trusted (SELF_SIGNED_CERT_IN_CHAIN).',
      'CA_NOT_TRUSTED',
    ],
    ['local:tlsUntrusted', 'The TLS certificate of ca.test is not trusted (CERT_HAS_EXPIRED).', 'CLOCK_WRONG'],
    ['local:badMaterial', 'The certificate is valid only from Jan 1 2030; check the clock.', 'CLOCK_WRONG'],
    ['local:badMaterial', 'The certificate does not cover a.test.', 'CERTIFICATE_UNUSABLE'],
    ['local:proxyRefused', 'The proxy p answered 407.', 'CA_UNREACHABLE'],
  ] as const)('tells apart what happens on this side: %s %s', (type, detail, cause) => {
    expect(explainProblem(localProblem(type, detail), NOW)[0]?.cause).toBe(cause);
  });

  it('gives one explanation for each name, with what the CA said of it', () => {
    const problem = readProblem(
      {
        type: 'urn:ietf:params:acme:error:caa',
        detail:
          'Error finalizing order :: Rechecking CAA for "a.test" and 1 more identifiers failed. Refer to sub-problems for more information',
        subproblems: ['a.test', 'b.test', 'b.test'].map((value) => ({
          type: 'urn:ietf:params:acme:error:caa',
          detail: `Error finalizing order :: While processing CAA for ${value}: CAA record for ${value} prevents issuance`,
          identifier: { type: 'dns', value },
        })),
      },
      403,
      undefined,
    );
    expect(explainProblem(problem, NOW)).toEqual(
      ['a.test', 'b.test'].map((value) => ({
        identifier: { type: 'dns', value },
        cause: 'CAA_FORBIDS',
        owner: 'YOUR_DNS',
        message: `${value}: A CAA record forbids this CA to issue for the name.`,
        evidence: `Error finalizing order :: While processing CAA for ${value}: CAA record for ${value} prevents issuance`,
        remedy: ACME_CAUSES.CAA_FORBIDS.remedy,
        retryAt: '2026-08-02T00:00:00.000Z',
        instance: null,
      })),
    );
  });

  it('takes the time of another try from the header, else from the text, else from the cause', () => {
    const text = 'too many new orders (300) from this account in the last 3h0m0s, retry after 2026-08-01 00:00:36 UTC';
    const header = new Date('2026-08-01T00:05:00.000Z');
    const at = (problem: AcmeProblem): unknown => explainProblem(problem, NOW)[0]?.retryAt;
    expect(at(readProblem({ type: 'urn:ietf:params:acme:error:rateLimited', detail: text }, 429, header))).toBe(
      header.toISOString(),
    );
    expect(at(aProblem('rateLimited', text, 429))).toBe('2026-08-01T00:00:36.000Z');
    expect(at(aProblem('rateLimited', 'slow down', 429))).toBe('2026-08-01T01:00:00.000Z');
    expect(at(aProblem('invalidProfile', 'x'))).toBeNull();
  });

  it('finds the page where a name is unpaused', () => {
    const detail =
      'Your account is temporarily prevented from requesting certificates. Please visit: https://portal.letsencrypt.org/sfe/v1/unpause?jwt=e.y';
    expect(explainProblem(aProblem('rateLimited', detail, 429), NOW)[0]).toMatchObject({
      instance: 'https://portal.letsencrypt.org/sfe/v1/unpause?jwt=e.y',
      retryAt: null,
    });
  });

  it('is about the names that the text speaks of, when those are at fault', () => {
    const identifiers = ['a.site.test', 'site.test', '*.site.test'].map((value) => ({ type: 'dns', value }));
    const about = (type: string, detail: string): unknown =>
      explainProblem(aProblem(type, detail), NOW)
        .flatMap((one) => attributeToNames(one, identifiers))
        .map(({ identifier }) => identifier?.value ?? null);
    expect(about('caa', 'Rechecking CAA for a.site.test: CAA record prevents issuance')).toEqual(['a.site.test']);
    expect(about('caa', 'While processing CAA for *.site.test: CAA record for site.test prevents issuance')).toEqual([
      'site.test',
      '*.site.test',
    ]);
    expect(about('caa', 'Rechecking CAA for b.site.test: CAA record prevents issuance')).toEqual([null]);
    expect(
      about('rateLimited', 'too many certificates (50) already issued for "site.test" in the last 168h0m0s'),
    ).toEqual([null]);
  });

  it('takes anything for an answer, and shows no control characters', () => {
    expect(explainProblem(readProblem('<html>', 502, undefined), NOW)[0]?.cause).toBe('CA_DOWN');
    expect(explainProblem(readProblem(undefined, 404, undefined), NOW)[0]?.cause).toBe('CA_NOT_ACME');
    const [odd] = explainProblem(
      readProblem({ type: 7, detail: 'a\u001b[31m\nb', subproblems: 'x' }, 418, undefined),
      NOW,
    );
    expect(odd).toMatchObject({ cause: 'UNKNOWN', evidence: 'a [31m b' });
  });
});
