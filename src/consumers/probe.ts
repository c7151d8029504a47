/**
 * Every virtual host answers here with the digest of its own configuration, so that a verifier can tell that exactly this
 * configuration is in force, and not the one before the reload. Answered to the machine itself only.
 */
export const PROBE_PATH = '/.well-known/hler/vhost';

/** Where a server cannot put it into the body, it is in this header. */
export const PROBE_DIGEST_HEADER = 'Hler-Digest';

/** A name that no virtual host can have (RFC 6761 §6.4): asks the default server. */
export const DEFAULT_SERVER_NAME = 'hler.invalid';
