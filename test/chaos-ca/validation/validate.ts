import { isIP } from 'node:net';
import { AcmeProblem } from '../problem.js';
import { caaForbids } from './caa.js';
import { dns01 } from './dns-01.js';
import { dnsPersist01 } from './dns-persist-01.js';
import { http01 } from './http-01.js';
import type { Proof, Surroundings } from './proof.js';
import type { Resolver } from './resolver.js';
import { tlsAlpn01 } from './tls-alpn-01.js';

type Method = (around: Surroundings, proof: Proof) => Promise<AcmeProblem | undefined>;

const METHODS = {
  'http-01': http01,
  'dns-01': dns01,
  'tls-alpn-01': tlsAlpn01,
  'dns-persist-01': dnsPersist01,
} as const satisfies Readonly<Record<string, Method>>;

export type ChallengeType = keyof typeof METHODS;
export const CHALLENGE_TYPES = Object.keys(METHODS) as readonly ChallengeType[];

/** Which of them can prove it: no file and no handshake stands for a wildcard, no DNS record for an address. */
export function challengeTypesFor(isAddress: boolean, isWildcard: boolean): readonly ChallengeType[] {
  return CHALLENGE_TYPES.filter((type) => (isAddress ? type === 'http-01' : !isWildcard || type.startsWith('dns')));
}

/** Looks, then asks CAA. Undefined when control is proved. Never throws. */
export async function validate(
  around: Surroundings,
  type: ChallengeType,
  proof: Proof,
): Promise<AcmeProblem | undefined> {
  try {
    const failure = await METHODS[type](around, proof);
    if (failure !== undefined || proof.identifier.type === 'ip') {
      return failure;
    }
    const name = `${proof.isWildcard ? '*.' : ''}${proof.identifier.value}`;
    const { caaIdentities: identities } = around;
    return await caaForbids(around.resolver, { name, identities, accountUrl: proof.accountUrl, method: type });
  } catch (error) {
    return error instanceof AcmeProblem ? error : new AcmeProblem('serverInternal', String(error));
  }
}

export function surroundings(given: Omit<Surroundings, 'addressesOf'>): Surroundings {
  const addressesOf = async (host: string): ReturnType<Resolver['addresses']> =>
    isIP(host) === 0 ? given.resolver.addresses(host) : [host];
  return { ...given, addressesOf };
}
