import { AcmeError, localError } from './acme-error.js';

const UNTRUSTED = /^(CERT_|ERR_TLS|ERR_SSL|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|EPROTO|HOSTNAME_MISMATCH)/;

/** What Node says of a connection, in terms of the reader. */
export function wireError(error: unknown, url: URL): AcmeError {
  if (error instanceof AcmeError) {
    return error;
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return localError('local:nameNotFound', `The name ${url.hostname} cannot be resolved (${code}).`, error);
  }
  if (code === 'ECONNREFUSED' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH') {
    return localError('local:connectionRefused', `${url.host} takes no connections (${code}).`, error);
  }
  if (code === 'ETIMEDOUT') {
    return localError('local:connectTimeout', `${url.host} did not take a connection in time.`, error);
  }
  if (UNTRUSTED.test(code)) {
    return localError('local:tlsUntrusted', `The TLS certificate of ${url.host} is not trusted (${code}).`, error);
  }
  return localError(
    'local:connectionLost',
    `The connection to ${url.host} broke (${code === '' ? 'no reason' : code}).`,
    error,
  );
}
