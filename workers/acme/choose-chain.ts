import { X509Certificate } from 'node:crypto';
import { fingerprintOf } from '../../src/certificates/domain/certificate-facts.js';
import type { ChainWish } from '../../src/certificates/domain/acme/issue-request.js';
import { writeStrictPem } from '../../src/certificates/domain/strict-pem.js';

export interface Chain {
  readonly leaf: X509Certificate;
  /** Each signed the one before it. */
  readonly issuers: readonly X509Certificate[];
}

/**
 * The leaf for `spki` and what signed it, in that order, whatever order the CA sent them in; what does not belong to it is left out.
 * Undefined when there is no certificate for this key. Lenient in reading (RFC 7468), as the CA may be lax in writing.
 */
export function readChain(text: string, isOurs: (certificate: X509Certificate) => boolean): Chain | undefined {
  const all = certificatesIn(text);
  const leaf = all.find(isOurs);
  if (leaf === undefined) {
    return undefined;
  }
  const issuers: X509Certificate[] = [];
  const left = all.filter((certificate) => certificate !== leaf);
  for (let last = leaf; ;) {
    const next = left.findIndex((candidate) => last.checkIssued(candidate) && last.verify(candidate.publicKey));
    const [issuer] = next < 0 ? [] : left.splice(next, 1);
    if (issuer === undefined) {
      return { leaf, issuers };
    }
    issuers.push(issuer);
    last = issuer;
  }
}

/** Whether a chain is the one that is wished for. A root is seldom sent: `roots` are those known here. */
export function isWished({ leaf, issuers }: Chain, wish: ChainWish, roots: readonly X509Certificate[]): boolean {
  const last = issuers.at(-1) ?? leaf;
  const root = roots.find((candidate) => last.checkIssued(candidate) && last.verify(candidate.publicKey));
  const known = [...issuers, ...(root === undefined ? [] : [root])];
  const named =
    wish.issuerCommonName === null ||
    [leaf.issuer, ...known.flatMap(({ subject, issuer }) => [subject, issuer])].some(
      (name) => commonName(name) === wish.issuerCommonName,
    );
  const rooted =
    wish.rootFingerprint === null || known.some((certificate) => fingerprintOf(certificate) === wish.rootFingerprint);
  return named && rooted;
}

/** Let's Encrypt calls what browsers must not trust "(STAGING) …"; before 2021 it was "Fake LE …". */
export function isForStaging({ leaf, issuers }: Chain): boolean {
  return [leaf.issuer, ...issuers.flatMap(({ subject, issuer }) => [subject, issuer])].some((name) =>
    /\(STAGING\)|\bFake LE\b/.test(name),
  );
}

export function chainPem({ leaf, issuers }: Chain): { readonly certificatePem: string; readonly chainPem: string } {
  const pem = ({ raw }: X509Certificate): string => writeStrictPem({ label: 'CERTIFICATE', der: raw });
  return { certificatePem: pem(leaf), chainPem: issuers.map(pem).join('') };
}

export function certificatesIn(text: string): readonly X509Certificate[] {
  return (text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [])
    .map(parse)
    .filter((certificate) => certificate !== undefined);
}

function parse(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function commonName(name: string): string | undefined {
  return /(?:^|\n)CN=(.*)/.exec(name)?.[1];
}
