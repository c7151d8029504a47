import { isWildcard } from '../../shared/hostname.js';
import type { Certificate } from './certificate.js';
import { validityAt } from './validity.js';

export type CoveringCertificate = Pick<
  Certificate,
  'id' | 'provider' | 'status' | 'spki' | 'names' | 'notBefore' | 'notAfter'
>;

export type BlockedReason =
  | 'NO_CERTIFICATE'
  | 'WILDCARD_IS_ONE_LABEL'
  | 'CERTIFICATE_EXPIRED'
  | 'CERTIFICATE_REVOKED'
  | 'CERTIFICATE_NOT_YET_VALID'
  | 'CERTIFICATE_FAILED';

export type NameCoverage =
  | { readonly name: string; readonly state: 'COVERED'; readonly certificateId: string; readonly spki: string }
  | { readonly name: string; readonly state: 'PENDING'; readonly certificateId: string }
  | { readonly name: string; readonly state: 'BLOCKED'; readonly reason: BlockedReason; readonly message: string };

/**
 * For each name, in order: which certificate serves it, or why none does. Computed from what the certificates say, never
 * assumed. A wildcard is one whole label (RFC 6125 §6.4.3, RFC 9525 §6.3); a wildcard name is covered by the same wildcard only.
 * Names are parsed hostnames. Of several valid certificates: one from a CA before a self-signed one, then the one that
 * lasts longest, then an exact name before a wildcard, then the lower SPKI, so that equal input gives equal output.
 * Linear in names and certificates.
 */
export function coverage(
  names: readonly string[],
  certificates: readonly CoveringCertificate[],
  now: Date,
): readonly NameCoverage[] {
  const byName = indexByName(certificates);
  return names.map((name) => coverName(name, byName, now));
}

interface Candidate {
  readonly certificate: CoveringCertificate;
  readonly exact: boolean;
}

type Index = ReadonlyMap<string, readonly CoveringCertificate[]>;

function indexByName(certificates: readonly CoveringCertificate[]): Index {
  const index = new Map<string, CoveringCertificate[]>();
  for (const certificate of certificates) {
    for (const name of new Set(certificate.names)) {
      const known = index.get(name);
      if (known === undefined) {
        index.set(name, [certificate]);
      } else {
        known.push(certificate);
      }
    }
  }
  return index;
}

function coverName(name: string, index: Index, now: Date): NameCoverage {
  const wildcard = isWildcard(name) ? [] : (index.get(`*.${parentOf(name)}`) ?? []);
  const candidates = [
    ...(index.get(name) ?? []).map((certificate) => ({ certificate, exact: true })),
    ...wildcard.map((certificate) => ({ certificate, exact: false })),
  ];
  let best: (Usable & { readonly exact: boolean }) | undefined;
  for (const { certificate, exact } of candidates) {
    const usable = usableAt(certificate, now);
    if (usable !== undefined && (best === undefined || isBetter({ ...usable, exact }, best))) {
      best = { ...usable, exact };
    }
  }
  if (best !== undefined) {
    return { name, state: 'COVERED', certificateId: best.id, spki: best.spki };
  }
  const pending = candidates.find(({ certificate }) => certificate.status === 'PENDING');
  return pending === undefined
    ? { name, state: 'BLOCKED', ...whyBlocked(name, candidates, index, now) }
    : { name, state: 'PENDING', certificateId: pending.certificate.id };
}

interface Usable {
  readonly id: string;
  readonly spki: string;
  readonly selfSigned: boolean;
  readonly notAfter: number;
}

function usableAt(certificate: CoveringCertificate, now: Date): Usable | undefined {
  const { id, status, spki, provider, notBefore, notAfter } = certificate;
  if (status !== 'ACTIVE' || spki === null || notBefore === null || notAfter === null) {
    return undefined;
  }
  return validityAt({ notBefore, notAfter }, now) === 'VALID'
    ? { id, spki, selfSigned: provider === 'SELF_SIGNED', notAfter: notAfter.getTime() }
    : undefined;
}

function isBetter(one: Usable & { exact: boolean }, other: Usable & { exact: boolean }): boolean {
  if (one.selfSigned !== other.selfSigned) {
    return other.selfSigned;
  }
  if (one.notAfter !== other.notAfter) {
    return one.notAfter > other.notAfter;
  }
  return one.exact === other.exact ? one.spki < other.spki : one.exact;
}

interface Blocked {
  readonly reason: BlockedReason;
  readonly message: string;
}

function whyBlocked(name: string, candidates: readonly Candidate[], index: Index, now: Date): Blocked {
  const active = candidates.map(({ certificate }) => certificate).filter(({ status }) => status !== 'FAILED');
  const early = active.find(
    ({ notBefore, notAfter }) =>
      notBefore !== null && notAfter !== null && validityAt({ notBefore, notAfter }, now) === 'NOT_YET_VALID',
  );
  if (early !== undefined) {
    return {
      reason: 'CERTIFICATE_NOT_YET_VALID',
      message: `The certificate for ${name} is valid only from ${early.notBefore?.toISOString() ?? ''}; check the server's clock.`,
    };
  }
  if (active.some(({ status }) => status !== 'REVOKED')) {
    return { reason: 'CERTIFICATE_EXPIRED', message: `The certificate for ${name} has expired; issue it again.` };
  }
  if (active.length > 0) {
    return { reason: 'CERTIFICATE_REVOKED', message: `The certificate for ${name} was revoked; issue another.` };
  }
  if (candidates.length > 0) {
    return {
      reason: 'CERTIFICATE_FAILED',
      message: `The certificate for ${name} could not be issued; its refusedNames, or its operation, say why.`,
    };
  }
  const shallow = shallowWildcard(name, index);
  return shallow === undefined
    ? { reason: 'NO_CERTIFICATE', message: `No certificate covers ${name}; issue one that names it.` }
    : {
        reason: 'WILDCARD_IS_ONE_LABEL',
        message: `${shallow} stands for one label only and does not cover ${name}; issue a certificate that names it.`,
      };
}

/** The wildcard that people expect to cover `name`, and that does not: above its parent, or of the name itself. */
function shallowWildcard(name: string, index: Index): string | undefined {
  for (let rest = name; rest.includes('.'); rest = parentOf(rest)) {
    if (`*.${rest}` !== name && index.has(`*.${rest}`)) {
      return `*.${rest}`;
    }
  }
  return undefined;
}

function parentOf(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}
