import { dirname } from 'node:path';
import type { Platform } from '../../platforms/index.js';
import type { Server } from '../../servers/index.js';
import type { Actor } from '../../shared/actor.js';
import { DomainError } from '../../shared/domain-error.js';
import { parseUnixSocket } from '../../shared/unix-path.js';

/** Every socket of PHP-FPM that sites of this server may name lies directly in this directory; null: it has no PHP. */
export function phpSocketDirectory(server: Server): string | null {
  return server.phpSocket === null ? null : dirname(server.phpSocket);
}

/**
 * The socket that a site is to have of its own; null when none is asked for. A pool runs under an account of its own, so
 * whoever names another client's pool runs code as that client: only an operator may name one.
 * @throws DomainError FORBIDDEN, INPUT_INVALID, PATH_INVALID, PHP_SOCKET_NOT_ALLOWED, PHP_SOCKET_MISSING
 */
export function chosenPhpSocket(
  asked: string | null,
  { platform, server }: { readonly platform: Platform; readonly server: Server },
  actor: Actor,
): string | null {
  if (asked === null) {
    if (platform.application !== 'STATIC' && server.phpSocket === null) {
      throw new DomainError('PHP_SOCKET_MISSING', `The server ${server.name} has named no socket of PHP-FPM.`);
    }
    return null;
  }
  if (actor.role !== 'OPERATOR') {
    throw new DomainError('FORBIDDEN', 'Only an operator may choose the PHP-FPM pool of a site: leave phpSocket out.', {
      details: { field: 'phpSocket' },
    });
  }
  if (platform.application === 'STATIC') {
    throw new DomainError('INPUT_INVALID', `Sites on ${platform.name} run no PHP: leave phpSocket out.`, {
      details: { field: 'phpSocket' },
    });
  }
  const socket = parseUnixSocket(asked);
  const directory = phpSocketDirectory(server);
  if (dirname(socket) !== directory) {
    throw new DomainError(
      'PHP_SOCKET_NOT_ALLOWED',
      directory === null
        ? `The server ${server.name} has named no directory for sockets of PHP-FPM.`
        : `${socket} is not in ${directory}, where the server ${server.name} has its sockets of PHP-FPM.`,
      { details: { field: 'phpSocket', directory } },
    );
  }
  return socket;
}
