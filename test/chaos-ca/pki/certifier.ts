import type { Clock } from '../../../src/shared/clock.js';
import { certId } from '../ari.js';
import type { Random } from '../random.js';
import { makeHierarchy, pem, type Authority, type Hierarchy } from './hierarchy.js';
import { makeLeaf, type LeafPlan } from './make-leaf.js';

/** A certificate as it is downloaded. */
export interface CertifiedLeaf {
  readonly certId: string;
  readonly der: Buffer;
  /** The default chain, then the alternates; each is the leaf and what leads to its root, in PEM. */
  readonly chains: readonly string[];
}

/** Signs. Has the hierarchy that clients trust, and beside it one that they must not. */
export class Certifier {
  private constructor(
    private readonly random: Random,
    readonly trusted: Hierarchy,
    readonly staging: Hierarchy,
  ) {}

  static async make(random: Random, clock: Clock): Promise<Certifier> {
    const trusted = await makeHierarchy(random, clock.now());
    return new Certifier(random, trusted, await makeHierarchy(random, clock.now(), '(STAGING) '));
  }

  /** Of the intermediates that sign, in lower-case hex. */
  get authorityKeyIds(): ReadonlySet<string> {
    return new Set([...this.trusted.intermediates, ...this.staging.intermediates].map(({ keyId }) => keyId));
  }

  /** 20 octets at most, positive, not predictable from the one before to a stranger; repeatable by seed. */
  newSerial(): string {
    return `03${this.random.bytes(17).toString('hex')}`;
  }

  async certify(plan: LeafPlan, { fromStaging = false, chainFirst = false } = {}): Promise<CertifiedLeaf> {
    const hierarchy = fromStaging ? this.staging : this.trusted;
    const issuer = hierarchy.intermediates[this.random.chance(0.5) ? 0 : 1];
    const leaf = await makeLeaf(issuer, plan);
    const own = pem(leaf);
    const arrange = (rest: readonly Authority[]): string => {
      const others = rest.map((each) => each.pem);
      return (chainFirst ? [...others, own] : [own, ...others]).join('\n');
    };
    return {
      certId: certId(issuer.keyId, plan.serial),
      der: Buffer.from(leaf.rawData),
      chains: chainsOf(hierarchy, issuer).map(arrange),
    };
  }
}

function chainsOf(hierarchy: Hierarchy, issuer: Authority): readonly (readonly Authority[])[] {
  return [[issuer, hierarchy.crossSigned], [issuer]];
}
