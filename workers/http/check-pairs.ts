import { virtualServers } from '../../src/consumers/index.js';
import { DomainError, toFailure } from '../../src/shared/domain-error.js';
import type { Failure } from '../../src/shared/failure.js';
import { checkPair } from './certificate-pair.js';
import type { Target } from './effects.js';
import type { PlannedChange } from './plan-changes.js';
import type { Fingerprints } from './verify.js';

export interface PairVerdicts {
  /** Changes that must not be activated. */
  readonly problems: ReadonlyMap<PlannedChange, DomainError>;
  readonly fingerprints: Fingerprints;
  /** Warnings about certificates that are served for all that: a site must be able to change when its own has run out. */
  readonly doubts: ReadonlyMap<PlannedChange, readonly Failure[]>;
}

/** Checks the certificates of all sites of a batch: a bad pair costs its own site the change, and nobody else. */
export async function checkPairs(
  { consumer, server }: Target,
  changes: readonly PlannedChange[],
): Promise<PairVerdicts> {
  const problems = new Map<PlannedChange, DomainError>();
  const fingerprints = new Map<string, string>();
  const doubts = new Map<PlannedChange, readonly Failure[]>();
  for (const change of changes) {
    for (const [spki, names] of certificatesOf(change)) {
      const pair = await checkPair(server, consumer.certificateForm, spki, names);
      if ('problem' in pair) {
        problems.set(change, certificateInvalid(change, spki, pair.problem));
      } else {
        fingerprints.set(spki, pair.fingerprint);
        if (pair.doubt !== null) {
          doubts.set(change, [...(doubts.get(change) ?? []), certificateDoubtful(change, spki, pair.doubt)]);
        }
      }
    }
  }
  return { problems, fingerprints, doubts };
}

function certificatesOf({ rendered: { site } }: PlannedChange): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, readonly string[]>();
  for (const virtual of site === null ? [] : virtualServers(site)) {
    if (virtual.certificate !== null) {
      names.set(virtual.certificate, [...(names.get(virtual.certificate) ?? []), ...virtual.names]);
    }
  }
  return names;
}

function certificateInvalid({ rendered: { site } }: PlannedChange, spki: string, problem: string): DomainError {
  const uri = site?.uri ?? '';
  return new DomainError('CERTIFICATE_FILES_INVALID', `The certificate of ${uri} cannot be used: ${problem}.`, {
    details: { uri, certificate: spki, problem },
  });
}

function certificateDoubtful({ rendered: { site } }: PlannedChange, spki: string, doubt: string): Failure {
  const uri = site?.uri ?? '';
  return toFailure(
    new DomainError('CERTIFICATE_DOUBTFUL', `${uri} is served with a certificate that clients refuse: ${doubt}.`, {
      details: { uri, certificate: spki, problem: doubt },
    }),
  );
}
