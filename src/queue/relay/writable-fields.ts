import type { Operation } from '../../operations/domain/operation.js';
import type { FieldUpdate, SubjectType } from '../../operations/domain/task.js';
import { FieldPolicy } from '../../operations/application/record-progress.js';
import { DomainError } from '../../shared/domain-error.js';

type Writable = { readonly [subject in SubjectType]?: readonly string[] };

const CERTIFICATE_FACTS = [
  'status',
  'spki',
  'names',
  'serial',
  'issuer',
  'notBefore',
  'notAfter',
  'fingerprint',
  'chainPem',
  'refusedNames',
  'ariId',
  'acmeDirectoryUrl',
  'acmeAccountUrl',
  'acmeProfile',
] as const;
const SERVED_SITE = [
  'status',
  'names',
  'hstsSaid',
  'httpStatus',
  'servedCertificate',
  'certificateId',
  'verifiedAt',
] as const;

/** What each kind of operation may write back, and nothing else: the relay refuses any other field. */
export const WRITABLE_FIELDS = {
  'server.verify': {
    server: ['status', 'programVersion', 'opensslVersion', 'tlsGroups', 'diskFreeBytes', 'health', 'verifiedAt'],
    site: SERVED_SITE,
  },
  'platform.verify': { platform: ['status', 'verifiedAt', 'realPath', 'version', 'docroot'] },
  'site.install': { site: SERVED_SITE, certificate: CERTIFICATE_FACTS },
  'site.verify': { site: SERVED_SITE, certificate: CERTIFICATE_FACTS },
  'site.enable': { site: SERVED_SITE, certificate: CERTIFICATE_FACTS },
  'site.disable': { site: SERVED_SITE, certificate: CERTIFICATE_FACTS },
  'site.delete': { site: ['status', 'httpStatus', 'servedCertificate', 'verifiedAt'] },
  'certificate.upload': { certificate: CERTIFICATE_FACTS, site: SERVED_SITE },
  'certificate.csr': { certificate: ['status', 'spki', 'csrPem'] },
  'certificate.install': { certificate: CERTIFICATE_FACTS, site: SERVED_SITE },
  'certificate.deploy': { site: SERVED_SITE },
  'certificate.rollback': { certificate: CERTIFICATE_FACTS, site: SERVED_SITE },
  'certificate.issue': { certificate: CERTIFICATE_FACTS, site: SERVED_SITE },
  'certificate.revoke': { certificate: ['revokedFingerprint'] },
  'server.test-provider': {},
  'server.rollover-account-key': { server: ['acmeThumbprint'] },
  'site.check-domain': {},
  'certificate.check-names': {},
  'certificate.renew': { certificate: CERTIFICATE_FACTS, site: SERVED_SITE },
  'server.handshake': { certificate: ['servedProblem'] },
} as const satisfies Record<string, Writable>;

/** Default deny: the kind must list the field, and the operation must name the object. */
export class WritableFields extends FieldPolicy {
  constructor(private readonly table: Readonly<Record<string, Writable>> = WRITABLE_FIELDS) {
    super();
  }

  check(operation: Operation, update: FieldUpdate): void {
    const allowed = this.table[operation.kind]?.[update.subject] ?? [];
    const refused = Object.keys(update.fields).filter((field) => !allowed.includes(field));
    const named = operation.writes.some((ref) => ref.type === update.subject && ref.id === update.id);
    if (refused.length > 0 || !named) {
      throw new DomainError(
        'MESSAGE_REFUSED',
        `An operation of kind ${operation.kind} tried to write ${refused.join(', ') || 'fields'} of ${update.subject} ${update.id}.`,
        { details: { kind: operation.kind, subject: update.subject, fields: refused } },
      );
    }
  }
}
