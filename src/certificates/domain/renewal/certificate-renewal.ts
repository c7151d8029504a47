import { NOTHING_LEFT_OUT, type LeftOut } from './left-out-names.js';
import type { RenewalAlarm } from './renewal-alarm.js';
import { UNPLANNED, type RenewalState } from './renewal-state.js';

/** All that is remembered of the renewal of one certificate. */
export interface CertificateRenewal {
  readonly certificateId: string;
  readonly state: RenewalState;
  /** Fingerprint of the certificate that `state` is about: with another one in force, all begins anew. */
  readonly plannedFor: string | null;
  /** The operation that renews it now. */
  readonly operationId: string | null;
  readonly lastOperationId: string | null;
  readonly lastAttemptAt: Date | null;
  readonly alarm: (RenewalAlarm & { readonly since: Date }) | null;
  /** What the last handshake found wrong; null: nothing, or nobody has looked. */
  readonly servedProblem: string | null;
  readonly servedCheckedAt: Date | null;
  /** Of names that the certificate lacks. */
  readonly leftOut: LeftOut;
}

export function newRenewal(certificateId: string): CertificateRenewal {
  return {
    certificateId,
    state: UNPLANNED,
    plannedFor: null,
    operationId: null,
    lastOperationId: null,
    lastAttemptAt: null,
    alarm: null,
    servedProblem: null,
    servedCheckedAt: null,
    leftOut: NOTHING_LEFT_OUT,
  };
}
