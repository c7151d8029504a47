import { Injectable } from '@nestjs/common';
import { Clock } from '../../../shared/clock.js';
import { announcesIncident } from '../../domain/renewal/incident.js';
import { PROVIDER_KINDS } from '../../domain/provider-kinds/provider-kinds.js';
import type { RenewalAdvice } from '../../domain/renewal/renewal-state.js';
import { renewalStep } from '../../domain/renewal/renewal-step.js';
import { validityOf } from '../../domain/renewal/validity-of.js';
import { CertificateStore } from '../certificate-store.js';
import { AskAfterIncident } from './ask-after-incident.js';
import { RenewalAdviser } from './renewal-adviser.js';
import { RenewalStore } from './renewal-store.js';

/** What an issuer answered about the certificate of this fingerprint. */
export interface Consulted {
  readonly fingerprint: string | null;
  readonly advice: RenewalAdvice | null;
}

/**
 * Asks the issuer of a certificate when that is the next step. To be called before the unit of work that looks at the certificate: an
 * issuer may take seconds, and no row is to be locked for so long.
 */
@Injectable()
export class ConsultIssuer {
  constructor(
    private readonly certificates: CertificateStore,
    private readonly renewals: RenewalStore,
    private readonly adviser: RenewalAdviser,
    private readonly incident: AskAfterIncident,
    private readonly clock: Clock,
  ) {}

  /** Null: it need not be asked. */
  async execute(certificateId: string): Promise<Consulted | null> {
    const certificate = await this.certificates.find(certificateId);
    const validity = certificate && validityOf(certificate);
    if (!certificate || !validity || !PROVIDER_KINDS[certificate.provider].renewal.advised) {
      return null;
    }
    const policy = PROVIDER_KINDS[certificate.provider].renewal;
    const { state, plannedFor, operationId } = await this.renewals.find(certificateId);
    const isNew = state.renewAt === null || plannedFor !== certificate.fingerprint;
    const now = this.clock.now();
    if (operationId !== null || !(isNew || renewalStep(policy, state, validity, now).action === 'ASK_ADVICE')) {
      return null;
    }
    const advice = await this.adviser.ask(certificate);
    const { fingerprint, acmeDirectoryUrl } = certificate;
    if (advice !== null && acmeDirectoryUrl !== null) {
      const plannedAt = isNew ? null : state.renewAt;
      if (announcesIncident(advice.window, plannedAt, now)) {
        await this.incident.execute(acmeDirectoryUrl);
      }
    }
    return { fingerprint, advice };
  }
}
