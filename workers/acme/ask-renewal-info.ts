import { X509Certificate } from 'node:crypto';
import type { AcmeCa } from '../../src/certificates/domain/acme/acme-ca.js';
import { certificateIdOf } from '../../src/certificates/domain/acme/certificate-id.js';
import { readRenewalInfo, type RenewalInfo } from '../../src/certificates/domain/acme/renewal-info.js';
import { isProblem, localError } from './acme-error.js';
import { connectionTo } from './ca-connection.js';

const TIMEOUT_MS = 10_000;

/**
 * Asks a CA when it wants a certificate (the leaf alone) to be replaced (RFC 9773 §4). Null where it does not say: it has no ARI, or the
 * certificate cannot be named. Needs no account. Takes ten seconds at the most. @throws AcmeError
 */
export async function askRenewalInfo(ca: AcmeCa, certificatePem: string, now: Date): Promise<RenewalInfo | null> {
  try {
    return await ask(ca, certificatePem, now, AbortSignal.timeout(TIMEOUT_MS));
  } catch (error) {
    throw isProblem(error, 'local:cancelled')
      ? localError('local:timeout', `The CA did not give its advice within ${TIMEOUT_MS / 1_000} s.`, error)
      : error;
  }
}

async function ask(ca: AcmeCa, certificatePem: string, now: Date, signal: AbortSignal): Promise<RenewalInfo | null> {
  const connection = connectionTo(ca);
  const { renewalInfo } = await connection.directory(signal);
  const id = certificateIdOf(new X509Certificate(certificatePem));
  if (renewalInfo === undefined || id === undefined) {
    return null;
  }
  const answer = await connection.get(`${renewalInfo.replace(/\/$/, '')}/${id}`, signal);
  const info = readRenewalInfo(answer.json, answer.retryAfter, now);
  if (info === undefined) {
    throw localError('local:notAcme', 'The CA answered with no renewal information (RFC 9773 §4.2).');
  }
  return info;
}
