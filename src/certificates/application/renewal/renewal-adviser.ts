import { Injectable } from '@nestjs/common';
import type { Certificate } from '../../domain/certificate.js';
import type { RenewalAdvice } from '../../domain/renewal/renewal-state.js';

/** Asks the issuer of a certificate when it should be renewed (RFC 9773). */
export abstract class RenewalAdviser {
  /** Null when it has no advice, or gave no answer within ten seconds, now or a few minutes ago. Never throws. */
  abstract ask(certificate: Certificate): Promise<RenewalAdvice | null>;
}

/** For installations without an issuer that gives advice: certificates are renewed by their own dates. */
@Injectable()
export class NoAdvice extends RenewalAdviser {
  ask(): Promise<null> {
    return Promise.resolve(null);
  }
}
