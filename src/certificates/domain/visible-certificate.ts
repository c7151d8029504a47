import { canSeeClient, type Actor } from '../../shared/actor.js';
import { DomainError } from '../../shared/domain-error.js';
import type { Certificate } from './certificate.js';

/** The certificate, if it is there and the actor may see it; the two refusals look the same from outside. */
export function visibleCertificate(certificate: Certificate | null, id: string, actor: Actor): Certificate {
  if (!certificate || !canSeeClient(actor, certificate.clientId)) {
    throw new DomainError('CERTIFICATE_NOT_FOUND', `There is no certificate ${id}.`);
  }
  return certificate;
}
