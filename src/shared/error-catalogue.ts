/**
 * Every error code of the product. A code is a promise: it is never renamed and never re-used.
 * `actor` says who can act: CALLER (mend the request), WORLD (mend the server, the network, the files),
 * US (a defect: report it with its correlation id). docs/errors.md is generated from this table (`npm run docs:errors`).
 */
export interface ErrorCatalogueEntry {
  readonly actor: 'CALLER' | 'WORLD' | 'US';
  /** What the code means, one sentence. */
  readonly meaning: string;
  /** What to do, one sentence; used where the place that throws knows nothing better. */
  readonly hint: string;
}

const caller = (meaning: string, hint: string): ErrorCatalogueEntry => ({ actor: 'CALLER', meaning, hint });
const world = (meaning: string, hint: string): ErrorCatalogueEntry => ({ actor: 'WORLD', meaning, hint });
const us = (meaning: string, hint: string): ErrorCatalogueEntry => ({ actor: 'US', meaning, hint });

export const ERROR_CATALOGUE = {
  // Requests
  UNAUTHENTICATED: caller(
    'No token came with the request, or it is unknown, expired or revoked.',
    'Send "Authorization: Bearer hler_…"; make a token with `hler token create`.',
  ),
  FORBIDDEN: caller(
    'The token is valid, but may not do this.',
    'Use a token whose role has the permission named in details.permission.',
  ),
  ID_INVALID: caller('The value is not an id of Hlér.', 'Pass an id as the API returned it (a UUID, version 7).'),
  INPUT_INVALID: caller(
    'A field of the input has a value that cannot be accepted.',
    'Correct the field named in details.field.',
  ),
  CURSOR_INVALID: caller(
    'The cursor was not made by this API.',
    'Pass a cursor from pageInfo or from an edge, or none.',
  ),
  GRAPHQL_PARSE_FAILED: caller('The GraphQL document cannot be parsed.', 'Correct the syntax at the location given.'),
  GRAPHQL_VALIDATION_FAILED: caller(
    'The GraphQL document does not fit the schema.',
    'Compare the document with schema.gql.',
  ),
  GRAPHQL_LIMIT_EXCEEDED: caller(
    'The GraphQL document is deeper, larger or costlier than allowed.',
    'Ask for less in one request; details.limit names the limit.',
  ),

  // Names and paths
  HOSTNAME_INVALID: caller(
    'The value is not a hostname that can be served.',
    'Use letters, digits and hyphens in labels of up to 63 characters, 253 in all.',
  ),
  HOSTNAME_WILDCARD_NOT_ALLOWED: caller(
    'A wildcard is not allowed here.',
    'Wildcards (*.example.org) can be aliases, not the main name and not a redirection target.',
  ),
  HOSTNAME_TAKEN: caller(
    'Another site already has this name as its own name or as an alias.',
    'Choose another name, or remove it from the site that has it.',
  ),
  PATH_INVALID: caller(
    'The value is not an acceptable absolute path.',
    'Give an absolute path without "..", control characters or configuration syntax.',
  ),
  PATH_OUTSIDE_ROOTS: caller(
    'The path, links resolved, lies outside the directories that platforms may live in.',
    'Move the code base below one of the directories in details.roots, or extend HLER_PLATFORM_ROOTS.',
  ),
  PHP_SOCKET_NOT_ALLOWED: caller(
    'The socket, links resolved, is not in the directory where the server has its sockets of PHP-FPM.',
    'Name one in the directory in details.directory, or leave it out.',
  ),
  NAME_INVALID: caller(
    'The value is not an acceptable machine name.',
    'Use 1 to 63 lower-case letters, digits and hyphens, starting with a letter.',
  ),
  NAME_TAKEN: caller('Another object of the same kind already has this name.', 'Choose another name.'),

  // Objects
  CLIENT_NOT_FOUND: caller(
    'There is no such client, or the token may not see it.',
    'List clients to find the right id.',
  ),
  TOKEN_NOT_FOUND: caller('There is no such API token.', 'List tokens to find the right id: `hler token list --all`.'),
  SERVER_NOT_FOUND: caller(
    'There is no such server, or the token may not see it.',
    'List servers to find the right id.',
  ),
  SERVER_ALREADY_REGISTERED: caller(
    'This server is registered already.',
    'Use the existing server; its id is in details.serverId.',
  ),
  SERVER_NOT_ADOPTED: world(
    "The machine's own web server is to be used, and its administrator has not (or not fully) opened it to Hlér.",
    'Add the line that is named; `hler server adopt` on the server prints all of them.',
  ),
  SERVER_ENROLMENT_INVALID: caller(
    'The enrolment document of the runner cannot be read or lacks a part.',
    'Print it again with `hler runner enrolment` on the server and pass it unchanged.',
  ),
  SERVER_NOT_READY: caller(
    'The server has not passed its verification yet.',
    'Wait for its server.verify operation, or mend what that operation reports.',
  ),
  PLATFORM_NOT_FOUND: caller(
    'There is no such platform, or the token may not see it.',
    'List platforms to find the right id.',
  ),
  PLATFORM_NOT_READY: caller(
    'The platform is not ready to take sites.',
    'Wait for its platform.verify operation, or mend what that operation reports.',
  ),
  SITE_NOT_FOUND: caller('There is no such site, or the token may not see it.', 'List sites to find the right id.'),
  SITE_DELETED: caller('The site is deleted or being deleted.', 'Create a new site.'),
  HSTS_NEEDS_HTTPS: caller(
    'Browsers cannot be told to use HTTPS only while the site has none.',
    'Switch HTTPS on (ENABLED or REQUIRED), or leave hstsMaxAge out.',
  ),
  HSTS_PROMISED: caller(
    'Browsers have been told to use HTTPS only, and would refuse the site without it.',
    'Set hstsMaxAge to 0 and keep HTTPS until details.hstsPromisedUntil; to switch it off all the same, pass breakHstsPromise.',
  ),
  ALIAS_NOT_FOUND: caller('The site has no such alias.', 'List site.aliases to find the right name.'),
  ALIAS_IS_MAIN_NAME: caller(
    'The name is the main name of the site.',
    'The main name cannot be removed and cannot redirect to itself.',
  ),
  SITE_NAMES_TOO_MANY: caller(
    'The site would have more names than a site may have.',
    'Use at most 100 names for one site, a wildcard counting as one, or spread them over several sites.',
  ),
  REDIRECT_TARGET_INVALID: caller(
    'The redirection target is not a name of this site that is served itself.',
    'Redirect to the main name or to an alias of this site that does not redirect.',
  ),
  CERTIFICATE_NOT_FOUND: caller(
    'There is no such certificate, or the token may not see it.',
    'List certificates to find the right id.',
  ),
  CERTIFICATE_MISSING: caller(
    'HTTPS is asked for, but no certificate covers the main name.',
    'Call issueCertificate first, or let setHttps issue a self-signed one.',
  ),
  CERTIFICATE_NOT_RENEWABLE: caller(
    'Hlér cannot renew this certificate: it was uploaded, or it was never made.',
    'Upload its successor, or issue a certificate for its names.',
  ),
  CERTIFICATE_NAMES_INVALID: caller(
    'The list of names for the certificate is empty, too long or not part of the site.',
    'Give 1 to 100 names of the site, or leave names out to cover them all.',
  ),
  CERTIFICATE_NOT_REVOCABLE: caller(
    'The certificate does not come from a CA that Hlér can ask to revoke it.',
    'Revoke an uploaded certificate where it was bought; delete or replace a self-signed one.',
  ),
  CERTIFICATE_FINGERPRINT_UNKNOWN: caller(
    'No certificate with this fingerprint is kept for it on its server.',
    'Give the SHA-256 fingerprint of the one in force or of one of its last two predecessors, or leave it out.',
  ),
  DOMAIN_BLOCKED: world(
    'A CA that looked at the name now would refuse it.',
    'Mend what the warning names; details.cause and details.owner say what it is and whose.',
  ),
  DOMAIN_DOUBTFUL: world(
    'Something speaks against the name, as this server sees the world; a CA may see it otherwise.',
    'Look from outside at what the warning names; only a try will tell.',
  ),
  CA_LIMIT_REACHED: world(
    'A limit of the CA is used up, as far as Hlér has counted.',
    'Wait until the time that the warning names, or take another provider.',
  ),
  CERTIFICATE_NAME_LEFT_OUT: world(
    'The certificate was issued without one of its names, which the CA would not or could not validate.',
    'Mend what the warning names; the name is added when it works again.',
  ),
  CERTIFICATE_FROM_BACKUP: world(
    'The certificate was issued by a backup, because the CA of its provider fails on its own side.',
    'Nothing has to be done: the first choice is asked again at the next renewal.',
  ),
  CERTIFICATE_PROVIDER_NOT_FOUND: caller(
    'There is no such certificate provider, or the token or the client may not use it.',
    'List certificateProviders to find the right id, or say SELF_SIGNED.',
  ),
  CERTIFICATE_PROVIDER_INVALID: caller(
    'The settings of the certificate provider cannot be used.',
    'Correct the field named in details.field.',
  ),
  CERTIFICATE_PROVIDER_IN_USE: caller(
    'Certificates, policies or other providers still name the certificate provider.',
    'Point the policies and the providers that it is the backup of to another provider, and let the certificates be renewed by it or delete their sites.',
  ),
  CERTIFICATE_REFUSED: caller(
    'The pasted certificate, chain or key cannot be used.',
    'Mend what the message says; details.reason is one of the reasons in docs/certificates.md.',
  ),
  CERTIFICATE_NOT_READY: caller(
    'The certificate is not in a state in which this can be done.',
    'Look at certificate.status: only an ACTIVE one can be deployed or rolled back, only one with a request can be installed.',
  ),
  OPERATION_NOT_FOUND: caller(
    'There is no such operation, or the token may not see it.',
    'List operations to find the right id.',
  ),
  OPERATION_NOT_RETRYABLE: caller(
    'Only an operation that failed, timed out or was cancelled can be retried.',
    'Look at operation.state.',
  ),
  OPERATION_ALREADY_ENDED: caller('The operation has ended and cannot be cancelled.', 'Look at operation.state.'),

  // The world: servers, files, services
  CONFIG_INVALID: world(
    'The configuration of Hlér itself cannot be used.',
    'Correct the environment variable named in the message.',
  ),
  PORT_IN_USE: world(
    'A port that is needed is taken by another process.',
    'Stop that process, or choose another port with the variable named in the message.',
  ),
  PROGRAM_MISSING: world('A program that is needed is not installed.', 'Install the package named in the message.'),
  DATABASE_UNAVAILABLE: world(
    'The database of the control plane does not answer.',
    'Start it again; requests are accepted as soon as it answers, and nothing committed was lost.',
  ),
  QUEUE_UNAVAILABLE: world(
    'Redis does not answer.',
    'Start it again; what was committed is dispatched as soon as it answers.',
  ),
  RUNNER_LOST: world(
    'The runner of the server stopped answering while it worked.',
    'Look at the runner on that server; retry the operation when it runs again.',
  ),
  OPERATION_TIMED_OUT: world(
    'The operation ran longer than its kind allows and was stopped.',
    'Look at its log for the task that hung, then retry it.',
  ),
  OPERATION_CANCELLED: world(
    'The operation was cancelled on request.',
    'Nothing to do; retry it if it is wanted after all.',
  ),
  DISK_FULL: world('The file system is full or its quota is used up.', 'Free some space on the server, then retry.'),
  READ_ONLY: world(
    'The directory cannot be written to.',
    "Give the runner's user write access, or remount the file system read-write, then retry.",
  ),
  PLATFORM_MISSING: world(
    'The directory of the platform is not there or cannot be read.',
    'Restore the directory, then retry.',
  ),
  PLATFORM_NOT_RECOGNISED: world(
    'The code base is not what the application of the platform says, or of a version that cannot be served.',
    'Point the platform at a code base of Drupal 7 to 11, or at the directory that holds its web/.',
  ),
  SITE_DIRECTORY_MISSING: world(
    'The code base has no directory for this site.',
    'Create sites/<main name> in the docroot of the platform, then retry.',
  ),
  PHP_SOCKET_MISSING: world(
    'There is no socket of PHP-FPM where the site is to find it.',
    'Start PHP-FPM on the server, or name the right socket with HLER_PHP_SOCKET or site.phpSocket.',
  ),
  HTTP_SERVER_MISSING: world(
    'The web server program is not installed or cannot be run.',
    'Install it on the server, then retry.',
  ),
  HTTP_SERVER_DOWN: world(
    'The web server is not running, or does not take the new configuration.',
    'Start it; its error log is named in details.',
  ),
  HTTP_CONFIG_INVALID: world(
    'The web server refuses its configuration, and not because of one site.',
    'Look at details.checker; the last good configuration is still in force.',
  ),
  VHOST_INVALID: world(
    'The web server refuses the configuration of this site.',
    'Look at details.checker; the last good configuration of the site is still in force.',
  ),
  VHOST_NOT_SERVED: world(
    'After the reload the site was not served as it should be.',
    'Look at details.observed; the last good configuration is back in force.',
  ),
  CERTIFICATE_FILES_INVALID: world(
    'The certificate files of the site are missing or do not fit together.',
    'Issue the certificate again.',
  ),
  CERTIFICATE_REQUEST_MISSING: world(
    'The server has no key for this request any more.',
    'Call createCsr again, and have the certificate issued for the new request.',
  ),
  CERTIFICATE_ROLLBACK_IMPOSSIBLE: world(
    'There is no earlier generation of the certificate that could be put in force.',
    'Upload or issue a certificate; what is in force was not touched.',
  ),
  CERTIFICATE_DOUBTFUL: world(
    'The site is served with a certificate that clients refuse: expired, not valid yet, or without its chain.',
    'Issue the certificate again.',
  ),
  NEIGHBOUR_QUARANTINED: world(
    'The files or the certificate of another site on the server were spoilt; it was put aside, so that the others could change.',
    'Whoever sees the site with details.siteId verifies it, which renders it again, and issues its certificate again where that is spoilt.',
  ),
  ACME_REFUSED: world(
    'The CA does not issue the certificate, or not for all of its names.',
    'Look at details.problems: each says which name it is about, who can mend it, and how.',
  ),
  ACME_UNAVAILABLE: world(
    'The CA cannot be reached, does not answer as an ACME server, or asks to come back later.',
    'Nothing to do: it is tried again; details.problems says when and why.',
  ),
  ACME_ACCOUNT_UNUSABLE: world(
    'The account key or the account file of the server is missing or damaged.',
    'Restore it from a backup, or move it away: then a new account is registered.',
  ),
  SITE_ANSWERS_ERROR: world(
    'The site is served, but its front page answers with an error.',
    'Look at the files of the platform and at the error log of the web server.',
  ),
  COMMAND_FAILED: world('A program that the task ran ended with an error.', 'Look at the log of the operation.'),

  // Us
  MESSAGE_REFUSED: us(
    'A message was unsigned, altered, expired, replayed or meant for another server.',
    'Check that the keys and clocks of the servers agree; somebody may be tampering with the queue.',
  ),
  INTERNAL: us(
    'Something unexpected happened.',
    'Report it with the correlation id in details; the log has the stack.',
  ),
} as const satisfies Record<string, ErrorCatalogueEntry>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

export function isErrorCode(value: string): value is ErrorCode {
  return Object.hasOwn(ERROR_CATALOGUE, value);
}
