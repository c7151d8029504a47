import { accountOf, notFound, requirePostAsGet } from '../http/payload.js';
import type { AcmeRequest, Reply } from '../http/request.js';
import type { CaState } from '../state.js';

/** RFC 8555 §7.4.2: the chain, and links to the others. */
export function readCertificate(ca: CaState, request: AcmeRequest): Reply {
  requirePostAsGet(request);
  const [serial = '', alternate] = request.parameters;
  const found = ca.certificates.get(serial);
  const index = Number(alternate ?? 0);
  const chain = found?.chains[index];
  if (found === undefined || chain === undefined || found.facts.account !== accountOf(request).id) {
    throw notFound('Certificate');
  }
  const url = `${ca.baseUrl}/acme/cert/${serial}`;
  const others = found.chains.flatMap((_, at) =>
    at === index ? [] : [`<${at === 0 ? url : `${url}/${at}`}>;rel="alternate"`],
  );
  return {
    status: 200,
    headers: { link: others },
    text: { type: 'application/pem-certificate-chain', value: chain },
  };
}
