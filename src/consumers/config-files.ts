/** Of files that everybody may read: the account that answers requests serves our pages from them, and none is secret. */
export const FILE_MODE = 0o644;

/** Read by the master alone, which opens the configuration before its workers change to their own account. */
export const SECRET_FILE_MODE = 0o600;
