import type { FaultPlan } from './fault-plan.js';
import { windowOf, type IssuedCertificate } from './issued-certificates.js';

const DAY_MS = 86_400_000;

/** The fault `windowMoved`: each time it happens, the window of this certificate goes on from where it is. */
export function moveWindow(certificate: IssuedCertificate, faults: FaultPlan): void {
  const moved = faults.take('windowMoved', { operation: 'renewalInfo', names: certificate.identifiers });
  if (moved !== undefined) {
    const { start, end } = windowOf(certificate);
    const by = moved.byMs ?? -DAY_MS;
    certificate.override = { window: { start: start + by, end: end + by }, explanationUrl: 'https://localhost/moved' };
  }
}
