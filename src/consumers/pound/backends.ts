import { DomainError } from '../../shared/domain-error.js';
import { backendAddress, port } from '../syntax.js';
import type { Backend } from '../vhost-spec.js';
import { section } from './layout.js';

/** As long as PHP may take behind nginx. */
const ANSWER_WITHIN_S = 180;
const CONNECT_WITHIN_S = 10;

/**
 * Where a service passes requests on to.
 * @throws DomainError INPUT_INVALID for a back end over HTTPS: Pound (4.23 included) encrypts, but verifies no certificate, and whoever is
 * on the way could be the back end
 */
export function backendLines(backends: readonly Backend[]): readonly string[] {
  return backends.map((backend) => {
    if (backend.https !== null) {
      throw new DomainError('INPUT_INVALID', 'pound does not verify the certificates of its back ends.', {
        details: { field: 'application.backends', consumer: 'pound' },
        hint: 'Let the web server behind it pass the requests on: it does.',
      });
    }
    return section('Backend', [
      `Address ${backendAddress(backend.address).replaceAll(/[[\]]/g, '')}`,
      `Port ${port(backend.port)}`,
      `TimeOut ${ANSWER_WITHIN_S}`,
      `ConnTO ${CONNECT_WITHIN_S}`,
    ]);
  });
}
