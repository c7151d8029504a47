import { rootCertificates } from 'node:tls';
import { checkMaterial } from '../../src/certificates/domain/check-material.js';
import { localProblem, type AcmeProblem } from '../../src/certificates/domain/acme/problem.js';
import { AcmeError } from './acme-error.js';
import { certificatesIn, chainPem, isForStaging, isWished, readChain, type Chain } from './choose-chain.js';
import type { IssueContext } from './issue-context.js';
import type { OrderState } from './order-state.js';

export interface Downloaded {
  readonly certificatePem: string;
  readonly chainPem: string;
  readonly warnings: readonly string[];
}

/**
 * The certificate with the chain that is wished for, held against what was ordered: a CA's mistake must not reach a server. Alternate
 * chains are fetched only when the first does not do. @throws AcmeError local:badMaterial, local:stagingChain
 */
export async function downloadCertificate(context: IssueContext, state: OrderState, url: string): Promise<Downloaded> {
  const { account, request, signal } = context;
  const wish = request.preferredChain;
  const first = await account.post(url, null, { signal });
  const candidates = [assess(context, state, first.text)];
  const suffices = ({ problem, chain }: Candidate): boolean =>
    problem === undefined && chain !== undefined && (wish === null || isWished(chain, wish, roots(context)));
  let chosen = candidates.find(suffices);
  for (const alternate of chosen === undefined ? first.alternates : []) {
    const candidate = assess(context, state, (await account.post(alternate, null, { signal })).text);
    candidates.push(candidate);
    if (suffices(candidate)) {
      chosen = candidate;
      break;
    }
  }
  const usable = chosen ?? candidates.find(({ problem }) => problem === undefined);
  if (usable?.chain === undefined) {
    throw new AcmeError(candidates[0]?.problem ?? localProblem('local:badMaterial', 'The CA sent no certificate.'));
  }
  const warnings =
    chosen === undefined ? ['The CA offers no chain like the one that is preferred; its default is taken.'] : [];
  return { ...chainPem(usable.chain), warnings };
}

interface Candidate {
  readonly chain: Chain | undefined;
  readonly problem: AcmeProblem | undefined;
}

function assess({ file, identifiers, request, ports }: IssueContext, state: OrderState, text: string): Candidate {
  const chain = readChain(text, (certificate) => certificate.checkPrivateKey(file.privateKey));
  if (chain === undefined) {
    return {
      chain,
      problem: localProblem('local:badMaterial', 'The CA sent no certificate for the key of the order.'),
    };
  }
  if (isForStaging(chain) && !request.staging) {
    return {
      chain,
      problem: localProblem(
        'local:stagingChain',
        `The certificate is from ${chain.leaf.issuer.replaceAll('\n', ', ')}.`,
      ),
    };
  }
  const names = identifiers.filter(({ type }) => type === 'dns').map(({ value }) => value);
  const found = checkMaterial(
    { ...chainPem(chain), privateKeyPem: state.privateKeyPem, names },
    ports.now?.() ?? new Date(),
  );
  const missing = identifiers.find(({ type, value }) => type === 'ip' && chain.leaf.checkIP(value) === undefined);
  const detail =
    found?.message ?? (missing === undefined ? undefined : `The certificate does not cover ${missing.value}.`);
  return { chain, problem: detail === undefined ? undefined : localProblem('local:badMaterial', detail) };
}

function roots({ request }: IssueContext): ReturnType<typeof certificatesIn> {
  return certificatesIn([...rootCertificates, request.ca.caBundlePem ?? ''].join('\n'));
}
