const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Who can mend it: whoever runs the site or its server, whoever runs the zone of the name, the CA, or Hlér and its operator. */
export type CauseOwner = 'YOU' | 'YOUR_DNS' | 'CA' | 'US';

export interface CauseEntry {
  readonly owner: CauseOwner;
  /** One sentence without its subject: "The name …" is put before it. */
  readonly meaning: string;
  readonly remedy: string;
  /** When it is worth another try although nothing was changed; null: not before somebody did. */
  readonly retryMs: number | null;
}

const cause = (owner: CauseOwner, meaning: string, remedy: string, retryMs: number | null): CauseEntry => ({
  owner,
  meaning,
  remedy,
  retryMs,
});

/** Every reason for which a certificate is not issued. The names are stable for ever. */
export const ACME_CAUSES = {
  // The name and its DNS
  NAME_NOT_IN_DNS: cause(
    'YOUR_DNS',
    'The name has no address in the DNS.',
    'Add an A or AAAA record that points to this server, or remove the alias.',
    DAY_MS,
  ),
  DNS_SERVERS_FAIL: cause(
    'YOUR_DNS',
    "The zone's name servers do not answer the CA, or answer with an error.",
    'Ask whoever runs the name servers to mend them; `dig` against each of them shows which.',
    HOUR_MS,
  ),
  DNSSEC_BROKEN: cause(
    'YOUR_DNS',
    "The zone's DNSSEC signatures do not hold.",
    'Sign the zone again, or remove the DS record at the registrar.',
    HOUR_MS,
  ),
  ADDRESS_NOT_PUBLIC: cause(
    'YOUR_DNS',
    'The name points to an address that is not on the public Internet.',
    'Publish the public address of this server, or use DNS-01.',
    DAY_MS,
  ),
  TXT_MISSING: cause(
    'YOUR_DNS',
    'The CA does not find the TXT record of the challenge.',
    'Check that the zone which the record is written to is the one that the world sees, and its CNAME if it is delegated.',
    HOUR_MS,
  ),
  TXT_WRONG: cause(
    'YOUR_DNS',
    'The CA finds another TXT record than that of the challenge.',
    'Remove the old _acme-challenge records, and check that all name servers have the same zone.',
    HOUR_MS,
  ),
  CAA_FORBIDS: cause(
    'YOUR_DNS',
    'A CAA record forbids this CA to issue for the name.',
    'Add the CA to the CAA records of the zone (issue, or issuewild for a wildcard), or remove them.',
    DAY_MS,
  ),
  CAA_UNREADABLE: cause(
    'YOUR_DNS',
    'The CA cannot find out whether a CAA record forbids to issue for the name.',
    'Ask whoever runs the name servers: each must answer queries of type CAA, if only with "no such record".',
    HOUR_MS,
  ),

  // The way to the site
  POINTS_ELSEWHERE: cause(
    'YOUR_DNS',
    'At the address of the name another server answers the challenge.',
    'Point the A and AAAA records to this server, or let the server there pass /.well-known/acme-challenge/ on.',
    DAY_MS,
  ),
  IPV6_BROKEN: cause(
    'YOUR_DNS',
    'The AAAA record leads to an address where nobody answers, and the CA prefers IPv6.',
    'Remove the AAAA record, or make the server answer there.',
    HOUR_MS,
  ),
  CONNECTION_REFUSED: cause(
    'YOU',
    'Nobody takes connections at the address of the name.',
    'Start the web server on port 80 there, or correct the address.',
    HOUR_MS,
  ),
  CONNECTION_TIMED_OUT: cause(
    'YOU',
    'The CA cannot get through to the address of the name.',
    'Open port 80 in the firewall for everybody; the CA comes from addresses that it does not publish.',
    HOUR_MS,
  ),
  CONNECTION_BROKEN: cause(
    'YOU',
    'The connection of the CA broke before the challenge was answered.',
    'Look at the log of the web server, and at whatever stands before it.',
    HOUR_MS,
  ),
  REDIRECT_BROKEN: cause(
    'YOU',
    'The answer to the challenge redirects where the CA does not follow.',
    'Leave /.well-known/acme-challenge/ out of redirects; the CA follows ten of them, to ports 80 and 443 only.',
    DAY_MS,
  ),
  TLS_BROKEN: cause(
    'YOU',
    'The CA was redirected to HTTPS, where its connection failed.',
    'Leave /.well-known/acme-challenge/ out of redirects, or mend HTTPS at that address.',
    HOUR_MS,
  ),
  NOT_VALIDATED: cause(
    'YOU',
    'The CA could not validate the name, and does not say why.',
    'Ask for the challenge address from outside, as the CA would.',
    HOUR_MS,
  ),
  CHALLENGE_NOT_PRESENTED: cause(
    'US',
    'The answer to the challenge could not be put in place.',
    'Look at the log of the operation: it names the program or the file that failed.',
    HOUR_MS,
  ),
  NO_CHALLENGE: cause(
    'YOU',
    'None of the configured challenges can prove this name.',
    'Configure DNS-01 for the zone: a wildcard can be proved in no other way.',
    null,
  ),

  // What may be ordered
  NAME_NOT_ALLOWED: cause('YOU', "The CA's policy forbids this name.", 'Use another CA, or ask this one.', null),
  NAME_NOT_PUBLIC: cause(
    'YOU',
    'No public CA issues for a name like this.',
    'Correct the name; local names can have a self-signed certificate.',
    null,
  ),
  IDENTIFIER_UNSUPPORTED: cause(
    'YOU',
    'The CA does not issue for this kind of name, or not in this profile.',
    'Choose another profile or CA; IP addresses often need a profile of their own.',
    null,
  ),
  NAMES_TOO_MANY: cause(
    'YOU',
    'The order has more names than the CA or the profile allows.',
    'Spread the names over several certificates.',
    null,
  ),
  PROFILE_UNKNOWN: cause(
    'US',
    'The CA does not know the profile.',
    "Choose one of the profiles in the CA's directory, or none.",
    null,
  ),
  KEY_REFUSED: cause(
    'US',
    'The CA refuses the key or the request that was made with it.',
    'Choose another type of key; a fresh key is made for each try.',
    HOUR_MS,
  ),

  // The account
  ACCOUNT_UNKNOWN: cause(
    'US',
    'The CA does not know the account.',
    'Nothing to do: another one is registered with the same key.',
    MINUTE_MS,
  ),
  ACCOUNT_BLOCKED: cause(
    'US',
    'The CA has deactivated or blocked the account.',
    'Ask the CA, or use another account.',
    null,
  ),
  TERMS_NOT_AGREED: cause(
    'US',
    "Nobody has agreed to the CA's terms of service, or they have changed.",
    'Read them, and set termsOfServiceAgreed of the provider.',
    null,
  ),
  EXTERNAL_ACCOUNT_INVALID: cause(
    'US',
    'The CA wants an external account binding, and the one it got is missing or wrong.',
    "Copy key id and HMAC key from the CA's customer pages into the provider.",
    null,
  ),
  CONTACT_INVALID: cause('US', 'The CA refuses the contact address.', 'Give a real e-mail address, or none.', null),

  // Limits
  RATE_LIMITED_DOMAIN: cause(
    'CA',
    'Too many certificates were issued for this registered domain in the last days.',
    'Nothing to do: it is tried again when the CA allows. Renewals do not count; a wildcard saves many certificates.',
    6 * HOUR_MS,
  ),
  RATE_LIMITED_SAME_NAMES: cause(
    'CA',
    'Too many certificates were issued for exactly these names in the last days.',
    'Use one that was issued; it is tried again when the CA allows.',
    DAY_MS,
  ),
  RATE_LIMITED_FAILURES: cause(
    'CA',
    'The CA has seen too many failed validations of this name in the last hour.',
    'Mend what made them fail: the failures before this one say what.',
    HOUR_MS,
  ),
  RATE_LIMITED: cause(
    'CA',
    'The CA takes no more requests for the time being.',
    'Nothing to do: it is tried again when the CA allows.',
    HOUR_MS,
  ),
  NAME_PAUSED: cause(
    'YOU',
    'The CA has paused this name for this account after very many failures.',
    "Mend the name, then open the CA's page (details.instance) and unpause it.",
    null,
  ),

  // The CA and the way to it
  CA_DOWN: cause(
    'CA',
    'The CA is out of order or overloaded.',
    "Nothing to do: it is tried again. The CA's status page may say more.",
    10 * MINUTE_MS,
  ),
  CA_UNREACHABLE: cause(
    'US',
    'The CA cannot be reached from this server.',
    "Check name resolution, routes, firewall and proxy of the server, and the directory's address.",
    10 * MINUTE_MS,
  ),
  CA_NOT_TRUSTED: cause(
    'US',
    "The server does not trust the CA's own TLS certificate.",
    'Give the root of a private CA in caBundle; else look at who is in between, and at the clock.',
    HOUR_MS,
  ),
  CA_NOT_ACME: cause(
    'CA',
    'What answers there is not an ACME server, or a broken one.',
    "Check the directory's address, and whether a proxy answers in its place.",
    HOUR_MS,
  ),
  CERTIFICATE_UNUSABLE: cause(
    'CA',
    'The CA issued a certificate that no server could use.',
    'Nothing to do: another is ordered. Should it happen again, use another CA and tell this one.',
    HOUR_MS,
  ),
  STAGING_CERTIFICATE: cause(
    'US',
    'The CA is for tests: browsers do not trust what it issues.',
    'Use the address of the production directory, or say that the provider is for staging.',
    null,
  ),
  CLOCK_WRONG: cause('US', 'The clocks of this server and of the CA do not agree.', 'Set the clock (NTP).', HOUR_MS),
  REPLACEMENT_REFUSED: cause(
    'CA',
    'The CA does not take the new certificate as the successor of the old one.',
    'Nothing to do: it is ordered without naming the old one.',
    MINUTE_MS,
  ),
  CANCELLED: cause('US', 'It was cancelled.', 'Nothing to do; try again if it is wanted after all.', null),
  UNKNOWN: cause(
    'CA',
    'The CA refused, for a reason that Hlér does not know.',
    'Read the evidence: it is what the CA said.',
    HOUR_MS,
  ),
} as const satisfies Record<string, CauseEntry>;

export type AcmeCause = keyof typeof ACME_CAUSES;
