import { parseCertId, pollAgainAfterMs } from '../ari.js';
import { notFound } from '../http/payload.js';
import type { AcmeRequest, Reply } from '../http/request.js';
import { windowOf } from '../issued-certificates.js';
import { moveWindow } from '../move-window.js';
import { AcmeProblem } from '../problem.js';
import type { CaState } from '../state.js';

/** RFC 9773 §4.1: a plain GET, for everybody. */
export function renewalInfo(ca: CaState, request: AcmeRequest): Reply {
  const [id = ''] = request.parameters;
  const parsed = parseCertId(id);
  if (parsed === undefined || !ca.desk.authorityKeyIds.has(parsed.authorityKeyId)) {
    throw new AcmeProblem('malformed', `While parsing ARI CertID an error occurred: ${JSON.stringify(id)}`);
  }
  const certificate = ca.desk.certificates.byCertId(id);
  if (certificate === undefined) {
    throw notFound('Requested certificate');
  }
  moveWindow(certificate, ca.faults);
  const { start, end } = windowOf(certificate);
  const explanationURL = certificate.override?.explanationUrl;
  return {
    status: 200,
    headers: { 'retry-after': String(pollAgainAfterMs(ca.random) / 1_000) },
    body: {
      suggestedWindow: { start: new Date(start).toISOString(), end: new Date(end).toISOString() },
      ...(explanationURL !== undefined && { explanationURL }),
    },
  };
}
