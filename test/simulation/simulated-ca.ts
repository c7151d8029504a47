/** Times are ms since 1970: a simulation has no clock of its own. */
export interface OrderRequest {
  readonly accountId: string;
  readonly names: readonly string[];
  readonly lifeMs: number;
  /** The certificate that this one is to replace (RFC 9773 §5). */
  readonly replaces: string | null;
}

export interface IssuedCertificate {
  readonly id: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** `problem` is the last word of an ACME problem type; `DOWN`: no answer came. */
export type OrderAnswer =
  | { readonly certificate: IssuedCertificate }
  | { readonly problem: string; readonly retryAfterMs: number | null; readonly name?: string };

export interface RenewalInfo {
  readonly start: number;
  readonly end: number;
  readonly retryAfterMs: number;
}

/** A CA as a client meets it. Any implementation may stand here: a plain model, or a server with its own clock. */
export interface SimulatedCa {
  /** RFC 9773 §4. */
  renewalInfo(certificateId: string, now: number): RenewalInfo | 'DOWN';
  order(request: OrderRequest, now: number): OrderAnswer;
}
