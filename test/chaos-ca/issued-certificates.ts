import { pastWindow, suggestedWindow, type RenewalWindow } from './ari.js';

/** What the CA remembers of a certificate; times in milliseconds. */
export interface IssuedCertificate {
  readonly serial: string;
  readonly certId: string;
  readonly account: string;
  readonly identifiers: readonly string[];
  readonly profile: string;
  readonly notBefore: number;
  readonly notAfter: number;
  /** A finalized order has said that it replaces this one. */
  isReplaced: boolean;
  revokedAt?: number;
  revocationReason?: number;
  /** Another window than the one that follows from the life; `url` explains it. */
  override?: { readonly window: RenewalWindow; readonly explanationUrl?: string };
}

const HOUR_MS = 3_600_000;
const SECOND_MS = 1_000;

/**
 * Valid from an hour before, for clocks that are behind, and for the whole life from there, as at Let's Encrypt. Lives of minutes, for
 * tests, begin a hundredth of themselves before.
 */
export function validityFrom(now: number, lifeMs: number): { readonly notBefore: number; readonly notAfter: number } {
  const before = Math.min(HOUR_MS, lifeMs / 100);
  const notBefore = Math.floor((now - before) / SECOND_MS) * SECOND_MS;
  return { notBefore, notAfter: notBefore + lifeMs - SECOND_MS };
}

/** The certificates of a CA, by serial and by certID. */
export class IssuedCertificates {
  readonly #bySerial = new Map<string, IssuedCertificate>();
  readonly #byCertId = new Map<string, IssuedCertificate>();

  add(certificate: IssuedCertificate): void {
    this.#bySerial.set(certificate.serial, certificate);
    this.#byCertId.set(certificate.certId, certificate);
  }

  bySerial(serial: string): IssuedCertificate | undefined {
    return this.#bySerial.get(serial);
  }

  byCertId(id: string): IssuedCertificate | undefined {
    return this.#byCertId.get(id);
  }

  /** In order of issuance. */
  all(): readonly IssuedCertificate[] {
    return [...this.#bySerial.values()];
  }

  get size(): number {
    return this.#bySerial.size;
  }

  /** Drops what ended before, so that a simulated year fits in memory. */
  forgetExpiredBefore(time: number): void {
    for (const certificate of this.#bySerial.values()) {
      if (certificate.notAfter < time) {
        this.#bySerial.delete(certificate.serial);
        this.#byCertId.delete(certificate.certId);
      }
    }
  }

  /** An incident: these must be replaced at once. Gives how many. */
  incident(which: (certificate: IssuedCertificate) => boolean, now: number, explanationUrl?: string): number {
    const hit = this.all().filter((each) => each.notAfter >= now && which(each));
    hit.forEach((each) => {
      each.override = { window: pastWindow(now), ...(explanationUrl !== undefined && { explanationUrl }) };
    });
    return hit.length;
  }
}

/** The window in force: moved, past because revoked, or the one of its life. */
export function windowOf(certificate: IssuedCertificate): RenewalWindow {
  if (certificate.override !== undefined) {
    return certificate.override.window;
  }
  return certificate.revokedAt === undefined
    ? suggestedWindow(certificate.notBefore, certificate.notAfter)
    : pastWindow(certificate.revokedAt);
}
