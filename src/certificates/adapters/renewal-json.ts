import type { CertificateRenewal } from '../domain/renewal/certificate-renewal.js';
import { NOTHING_LEFT_OUT, type LeftOut } from '../domain/renewal/left-out-names.js';
import { UNPLANNED, type RenewalState } from '../domain/renewal/renewal-state.js';

/** Moments are kept as ISO 8601 text, and known by their names: a state of an older version lacks some, and has none of today's. */
const MOMENT = /^(?:start|end|since|until|\w+At)$/;

export function reviveState(kept: object): RenewalState {
  return { ...UNPLANNED, ...(revive(kept) as Partial<RenewalState>) };
}

export function reviveAlarm(kept: object | null): CertificateRenewal['alarm'] {
  return kept === null ? null : (revive(kept) as CertificateRenewal['alarm']);
}

export function reviveLeftOut(kept: object | null): LeftOut {
  if (kept === null) {
    return NOTHING_LEFT_OUT;
  }
  const { names, ...rest } = revive(kept) as LeftOut;
  return { ...rest, names: names.map((one) => ({ ...one, failures: one.failures.map((at) => new Date(at)) })) };
}

function revive(kept: object): unknown {
  return JSON.parse(JSON.stringify(kept), (key, value: unknown) =>
    MOMENT.test(key) && typeof value === 'string' ? new Date(value) : value,
  );
}
