import type { CertificateEntry } from './certificate-entries.js';

interface Certificate {
  readonly path: string;
  /** Names that it shall be shown for. */
  readonly wanted: readonly string[];
  /** Names that are in it. */
  readonly has: readonly string[];
}

/**
 * Pound shows the first certificate that fits the name asked for, and its wildcards span labels: `*.a.test` fits
 * `x.y.a.test`. So a certificate comes before all others that fit a name that it is wanted for. Where that cannot be (each is
 * wanted for a name that the other has), those with fewer names come first, and the verification tells. Pure, and stable.
 */
export function orderCertificates(
  entries: readonly CertificateEntry[],
  namesIn: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const certificates = joined(entries, namesIn).toSorted(byWidth);
  const rivals = rivalFinder(certificates);
  const later = new Map(
    certificates.map((one) => [
      one,
      new Set(one.wanted.flatMap((name) => rivals(name.replace(/^\*/, 'hler-any'))).filter((other) => other !== one)),
    ]),
  );
  return inOrder(certificates, later).map(({ path }) => path);
}

function joined(
  entries: readonly CertificateEntry[],
  namesIn: ReadonlyMap<string, readonly string[]>,
): readonly Certificate[] {
  const byPath = new Map<string, Certificate>();
  for (const { path, names } of entries) {
    const wanted = [...(byPath.get(path)?.wanted ?? []), ...names];
    byPath.set(path, { path, wanted, has: namesIn.get(path) ?? wanted });
  }
  return [...byPath.values()];
}

/** Those without wildcards first, then those with fewer names. */
function byWidth(one: Certificate, other: Certificate): number {
  const wild = ({ has }: Certificate): number => (has.some((name) => name.startsWith('*')) ? 1 : 0);
  return wild(one) - wild(other) || one.has.length - other.has.length || (one.path < other.path ? -1 : 1);
}

/** Which certificates fit a name, as Pound sees it. */
function rivalFinder(certificates: readonly Certificate[]): (name: string) => readonly Certificate[] {
  const byName = new Map<string, Certificate[]>();
  for (const certificate of certificates) {
    for (const name of new Set(certificate.has.map((each) => each.toLowerCase()))) {
      byName.set(name, [...(byName.get(name) ?? []), certificate]);
    }
  }
  return (name) => {
    const labels = name.split('.');
    const wildcards = labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join('.')}`);
    return [name, ...wildcards].flatMap((each) => byName.get(each) ?? []);
  };
}

/** Topological order (depth first); a cycle is cut where it is found. */
function inOrder(
  certificates: readonly Certificate[],
  later: ReadonlyMap<Certificate, ReadonlySet<Certificate>>,
): readonly Certificate[] {
  const visited = new Set<Certificate>();
  const reversed: Certificate[] = [];
  const visit = (certificate: Certificate): void => {
    if (!visited.has(certificate)) {
      visited.add(certificate);
      [...(later.get(certificate) ?? [])].toReversed().forEach(visit);
      reversed.push(certificate);
    }
  };
  certificates.toReversed().forEach(visit);
  return reversed.toReversed();
}
