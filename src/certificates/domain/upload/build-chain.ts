import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { isIssuedBy, isSelfSigned, oneLine } from '../check-material.js';
import { longestLasting } from './longest-lasting.js';
import type { UploadWarning } from './refuse-upload.js';

export interface BuiltChain {
  /** Each signed the one before; without the root, unless that signed the leaf itself. */
  readonly chain: readonly X509Certificate[];
  readonly warnings: readonly UploadWarning[];
}

/** Puts what was pasted in order, from the leaf upwards. Of several that could have signed the same, the one that lasts longest. */
export function buildChain(leaf: X509Certificate, pool: readonly X509Certificate[], now: Date): BuiltChain {
  const chain: X509Certificate[] = [];
  let last = leaf;
  let root = isSelfSigned(leaf) ? leaf : undefined;
  while (root === undefined) {
    const issuer = issuerOf(last, pool, [leaf, ...chain], now);
    if (issuer === undefined) {
      break;
    }
    if (isSelfSigned(issuer)) {
      root = issuer;
    } else {
      chain.push(issuer);
      last = issuer;
    }
  }
  const signedByRoot = root !== undefined && root !== leaf && chain.length === 0 ? [root] : [];
  const whole = [...chain, ...signedByRoot];
  const used = [leaf, ...whole, ...(root ? [root] : [])];
  return {
    chain: whole,
    warnings: [...(root || chain.length === 0 ? [] : gapAbove(last)), ...leftAside(pool, used)],
  };
}

function issuerOf(
  certificate: X509Certificate,
  pool: readonly X509Certificate[],
  used: readonly X509Certificate[],
  now: Date,
): X509Certificate | undefined {
  return longestLasting(
    pool.filter((one) => !used.includes(one) && isIssuedBy(certificate, one)),
    now,
  );
}

/** Whether the top of the chain hangs in the air can only be guessed: a CA of one's own is not among the known roots. */
function gapAbove(top: X509Certificate): readonly UploadWarning[] {
  return knownRoots().some((root) => top.issuer === root.subject && top.verify(root.publicKey))
    ? []
    : [
        {
          reason: 'CHAIN_MAY_BE_INCOMPLETE',
          message: `${oneLine(top.subject)} was signed by ${oneLine(top.issuer)}, which is not a root that browsers are known to have; if it is an intermediate certificate, add it.`,
        },
      ];
}

function leftAside(pool: readonly X509Certificate[], used: readonly X509Certificate[]): readonly UploadWarning[] {
  return pool
    .filter((one) => !used.includes(one))
    .map(({ subject }) => ({
      reason: 'CERTIFICATE_IGNORED',
      message: `The certificate of ${oneLine(subject)} does not belong to the chain, and was left aside.`,
    }));
}

let roots: readonly X509Certificate[] | undefined;

/** Mozilla's, as node has them; read once, as that takes some 30 ms. */
function knownRoots(): readonly X509Certificate[] {
  roots ??= rootCertificates.map((pem) => new X509Certificate(pem));
  return roots;
}
