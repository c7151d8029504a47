import { X509Certificate } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { FieldSource, FieldUpdate, FieldWriter } from '../../operations/index.js';
import { Clock } from '../../shared/clock.js';
import { parseHostname } from '../../shared/hostname.js';
import { CERTIFICATE_STATUSES, type Certificate } from '../domain/certificate.js';
import { certificateIdOf } from '../domain/acme/certificate-id.js';
import { leafOf } from '../domain/leaf-of.js';
import { changeEvent } from '../domain/events/change-event.js';
import { servedEvent } from '../domain/events/served-event.js';
import { NOTHING_LEFT_OUT, followed, missingNames, nextCheck } from '../domain/renewal/left-out-names.js';
import { refusedNamesIn, refusedNameSchema } from '../domain/refused-names.js';
import { CertificateStore } from './certificate-store.js';
import { RecordCertificateEvent } from './events/record-certificate-event.js';
import { RenewalStore } from './renewal/renewal-store.js';

const time = z.iso.datetime().transform((text) => new Date(text));
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const PUBLIC_PEM = /^(?:-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n*)+$/;

const REQUEST_PEM = /^-----BEGIN CERTIFICATE REQUEST-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE REQUEST-----\n$/;

const fields = z
  .strictObject({
    status: z.enum(CERTIFICATE_STATUSES),
    spki: hash,
    names: z.array(z.string().transform((name) => parseHostname(name, { wildcard: true }) as string)).max(100),
    serial: z.string().regex(/^[0-9a-f]{1,64}$/),
    issuer: z.string().max(1000),
    notBefore: time,
    notAfter: time,
    fingerprint: hash,
    chainPem: z.string().max(100_000).regex(PUBLIC_PEM),
    refusedNames: z.array(refusedNameSchema.strict()).max(100),
    ariId: z
      .string()
      .max(255)
      .regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/)
      .nullable(),
    acmeDirectoryUrl: z.url().max(2_000).nullable(),
    acmeAccountUrl: z.url().max(2_000).nullable(),
    acmeProfile: z.string().max(100).nullable(),
    servedProblem: z.string().max(1000).nullable(),
    /** What its CA was told not to trust: it may not be what is in force. */
    revokedFingerprint: hash,
    csrPem: z.string().max(20_000).regex(REQUEST_PEM),
  })
  .partial();

/**
 * Writes what an issue or a handshake found out, and the event that this is. Certificates only: a private key in `chainPem` is
 * refused by its shape.
 */
@Injectable()
export class CertificateFieldWriter implements FieldWriter {
  readonly subject = 'certificate';

  constructor(
    private readonly certificates: CertificateStore,
    private readonly renewals: RenewalStore,
    private readonly events: RecordCertificateEvent,
    private readonly clock: Clock,
  ) {}

  async write(id: string, update: FieldUpdate['fields'], source: FieldSource): Promise<void> {
    const { servedProblem, revokedFingerprint, ...reported } = fields.parse(update);
    // Why it failed is said by the failure, which is not known when the fields are planned.
    const refused = reported.status === 'FAILED' && source.failure !== null ? refusedNamesIn(source.failure) : [];
    const now = this.clock.now();
    const before = await this.certificates.find(id);
    const isRevoked = revokedFingerprint !== undefined && revokedFingerprint === before?.fingerprint;
    const facts = {
      ...(before?.provider === 'ACME' && ariIdOf(reported)),
      ...reported,
      ...(refused.length > 0 && { refusedNames: refused }),
      ...(isRevoked && { status: 'REVOKED' as const }),
    };
    if (servedProblem !== undefined) {
      await this.renewals.noteServed(id, servedProblem, now);
      if (before) {
        await this.events.execute(before, servedEvent(before, servedProblem));
      }
    }
    if (Object.keys(facts).length > 0) {
      await this.certificates.update(id, { ...facts, updatedAt: now });
      const after = before && { ...before, ...facts };
      const event = after && changeEvent(before, after, { ...source, nextAttemptAt: nextAttempt(after, source, now) });
      if (event) {
        await this.events.execute(after, event);
      }
    }
  }
}

/** Where its operation does not try again, the schedule looks at the names. */
function nextAttempt(certificate: Certificate, { nextAttemptAt }: FieldSource, now: Date): Date | null {
  return nextAttemptAt ?? nextCheck(followed(NOTHING_LEFT_OUT, missingNames(certificate), now));
}

/** What the CA calls it, where the report only has the certificate: that of a rollback. */
function ariIdOf({ chainPem }: { readonly chainPem?: string | undefined }): { readonly ariId?: string | null } {
  return chainPem === undefined ? {} : { ariId: certificateIdOf(new X509Certificate(leafOf(chainPem))) ?? null };
}
