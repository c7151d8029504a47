import { X509Certificate } from 'node:crypto';
import type { AcmeCa } from '../../src/certificates/domain/acme/acme-ca.js';
import { certificateIdOf } from '../../src/certificates/domain/acme/certificate-id.js';
import {
  chooseRenewal,
  renewalInfoSchema,
  type RenewalAdvice,
} from '../../src/certificates/domain/acme/renewal-window.js';
import { isProblem, localError } from './acme-error.js';
import { connectionTo } from './ca-connection.js';

const TIMEOUT_MS = 10_000;

export interface AdviceQuestion {
  readonly ca: AcmeCa;
  readonly certificatePem: string;
  /** What was decided last. */
  readonly before: RenewalAdvice | null;
  readonly now: Date;
  readonly random?: () => number;
}

/**
 * When the CA wants the certificate to be replaced (RFC 9773 §4). Null where the CA does not say: it has no ARI, or the
 * certificate cannot be named. Takes ten seconds at the most. @throws AcmeError
 */
export async function adviseRenewal(question: AdviceQuestion, signal: AbortSignal): Promise<RenewalAdvice | null> {
  try {
    return await ask(question, signal);
  } catch (error) {
    throw isProblem(error, 'local:cancelled') && !signal.aborted
      ? localError('local:timeout', `The CA did not give its advice within ${TIMEOUT_MS / 1_000} s.`, error)
      : error;
  }
}

async function ask(question: AdviceQuestion, signal: AbortSignal): Promise<RenewalAdvice | null> {
  const { ca, certificatePem, before, now, random = Math.random } = question;
  const within = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const connection = connectionTo(ca);
  const { renewalInfo } = await connection.directory(within);
  const id = certificateIdOf(new X509Certificate(certificatePem));
  if (renewalInfo === undefined || id === undefined) {
    return null;
  }
  const answer = await connection.get(`${renewalInfo.replace(/\/$/, '')}/${id}`, within);
  const parsed = renewalInfoSchema.safeParse(answer.json);
  if (!parsed.success) {
    throw localError('local:notAcme', 'The CA answered with no renewal information (RFC 9773 §4.2).');
  }
  const { suggestedWindow, explanationURL } = parsed.data;
  const [start, end] = [new Date(suggestedWindow.start), new Date(suggestedWindow.end)];
  if (!(end.getTime() > start.getTime())) {
    throw localError('local:notAcme', 'The window that the CA suggests ends before it starts.');
  }
  return chooseRenewal(
    { start, end, explanationUrl: explanationURL ?? null, retryAfter: answer.retryAfter },
    { now, random, ...(before === null ? {} : { before }) },
  );
}
